/// What an endpoint made of a JSON-RPC batch.
public enum RPCBatchReading: Hashable, Sendable {
    /// Each call has an outcome of its own, in the order of the identifiers.
    case answered([CallOutcome])
    /// The endpoint does not take such a batch: none at all, or none of this size. Smaller ones, or the calls one by
    /// one, may do.
    case refused
    /// One answer for the whole request: limited, exhausted or a fault.
    case failed(CallOutcome)

    /// Reads an answer to a request for several calls, or for one.
    ///
    /// Nobody agrees on how to refuse a batch. Seen: 413, 400 and 500; an object, an array of one error, the same error
    /// for every call, or for the first alone; nothing at all. So what counts is whether any call was answered, then
    /// what the messages say, then the status.
    public init(status: Int, body: [UInt8], identifiers: Range<Int>) {
        guard status != 413 else {
            self = .refused
            return
        }
        guard let root = try? JSONDocument(validating: body).root, root.kind == .array || root.kind == .object else {
            self = Self.reading(ofStatus: status)
            return
        }
        if let error = RPCResponse.wholesaleError(root) {
            self = Self.reading(ofError: RPCErrorClass.outcome(of: error), status: status)
            return
        }
        let outcomes = RPCResponse.outcomes(of: root, identifiers: identifiers)
        if outcomes.contains(where: \.isOfContract) {
            self = .answered(outcomes)
        } else if let first = outcomes.first, !outcomes.allSatisfy(\.isTransient) {
            // No call was answered, so it is the batch that failed. One error tells; the others may be missing.
            let telling = outcomes.first { $0.message.lowercased().contains("batch") } ?? first
            self = Self.reading(ofError: telling, status: status)
        } else {
            self = .answered(outcomes)
        }
    }

    private static func reading(ofError outcome: CallOutcome, status: Int) -> RPCBatchReading {
        let message = outcome.message.lowercased()
        // A response that grew too large is a matter of these calls; batches as such are taken.
        if message.contains("batch"), !message.contains("response") { return .refused }
        if case .exhausted = outcome { return .failed(outcome) }
        if case .rateLimited = outcome, status != 400 { return .failed(outcome) }
        switch status {
        case 200..<300, 400, 404, 405, 415, 422, 501: return .refused
        case _: return reading(ofStatus: status)
        }
    }

    /// For answers that are no JSON-RPC.
    private static func reading(ofStatus status: Int) -> RPCBatchReading {
        switch status {
        case 200..<300, 400, 405, 413, 415, 422, 501: .refused
        case 429: .failed(.rateLimited(message: "status 429"))
        case 408, 504, 524: .failed(.exhausted(message: "status \(status)"))
        case _: .failed(.providerFault(code: nil, message: "status \(status)"))
        }
    }
}

extension CallOutcome {
    /// Whether it is the contract that speaks, not the provider.
    public var isOfContract: Bool {
        switch self {
        case .returned, .reverted, .unsupported: true
        case .rateLimited, .exhausted, .providerFault: false
        }
    }

    /// Whether the provider would have answered at another time, or a lighter call.
    fileprivate var isTransient: Bool {
        switch self {
        case .rateLimited, .exhausted: true
        case .returned, .reverted, .unsupported, .providerFault: false
        }
    }

    fileprivate var message: String {
        switch self {
        case .rateLimited(let message), .exhausted(let message), .providerFault(_, let message): message
        case .returned, .reverted, .unsupported: ""
        }
    }
}
