import Tokens

/// One request of a JSON-RPC body, read once and answered later.
struct ReceivedRequest: Sendable {
    enum Method: Sendable {
        case call(ReceivedCall)
        case chainID
        case blockNumber
        case history(HistoryQuestion)
    }

    /// The `id` as the caller wrote it; `nil` for a notification, which gets no answer.
    let id: [UInt8]?
    let method: Result<Method, RPCError>

    init(_ value: JSONValue) {
        guard value.kind == .object, let name = value["method"]?.string else {
            id = Array("null".utf8)
            method = .failure(.invalidRequest)
            return
        }
        id = value["id"].map { Array($0.text) }
        method = Self.method(named: name, parameters: value["params"])
    }

    private static func method(named name: String, parameters: JSONValue?) -> Result<Method, RPCError> {
        switch name {
        case "eth_call":
            guard var elements = parameters?.elements, let object = elements.next() else {
                return .failure(.invalidParameters("missing value for required argument"))
            }
            do throws(RPCError) {
                return .success(.call(try ReceivedCall(object)))
            } catch {
                return .failure(error)
            }
        case "eth_chainId": return .success(.chainID)
        case "eth_blockNumber": return .success(.blockNumber)
        case "eth_getBlockByNumber":
            return Result { () throws(RPCError) in .history(try HistoryQuestion(block: parameters)) }
        case "eth_getLogs": return Result { () throws(RPCError) in .history(try HistoryQuestion(logs: parameters)) }
        case _: return .failure(.unknownMethod(name))
        }
    }

    /// The contract call, if this is one.
    var call: ReceivedCall? {
        if case .success(.call(let call)) = method { call } else { nil }
    }
}

/// The body of a JSON-RPC request: one request, a batch, or neither.
enum RPCBody: Sendable {
    /// More in a batch are refused as a whole.
    static let batchLimit = 1000

    case single(ReceivedRequest)
    case batch([ReceivedRequest])
    case refused(RPCError)

    init(parsing bytes: [UInt8]) {
        guard let root = try? JSONDocument(validating: bytes).root else {
            self = .refused(.unparsable)
            return
        }
        guard root.kind == .array else {
            self = .single(ReceivedRequest(root))
            return
        }
        let requests = root.elements.prefix(Self.batchLimit + 1).map { ReceivedRequest($0) }
        if requests.isEmpty {
            self = .refused(.emptyBatch)
        } else if requests.count > Self.batchLimit {
            self = .refused(.batchTooLarge)
        } else {
            self = .batch(requests)
        }
    }

    var requests: [ReceivedRequest] {
        switch self {
        case .single(let request): [request]
        case .batch(let requests): requests
        case .refused: []
        }
    }

    /// The requests of a batch; 0 for a single request.
    var batchSize: Int {
        if case .batch(let requests) = self { requests.count } else { 0 }
    }

    /// The contract calls in the body, in order, with those inside of others.
    var calls: [ReceivedCall] {
        requests.compactMap(\.call).flatMap { call in [call] + (MulticallContract.calls(in: call) ?? []) }
    }
}
