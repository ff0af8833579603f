import EventLoops
import Tokens
import UpstreamFetching

// What those who read answers made of them.
extension StepLog {
    // MARK: Sources

    func note(_ answer: SourceAnswer?, since start: MonotonicTime) {
        guard let answer else { return note(.source, since: start, "nothing-known") }
        switch answer.finding {
        case .document(let document):
            note(.source, since: start, "document", [("bytes", .integer(document.bytes.count))])
        case .missing(let reason, let isCertain):
            note(.source, since: start, "missing", [("reason", .string(reason)), ("certain", .boolean(isCertain))])
        case .unusable(let unusable):
            note(.source, since: start, "unusable", [("reason", .string(unusable.reason))])
        case .archived(let record):
            note(.source, since: start, "archived", [("bytes", .integer(record.document.count))])
        }
    }

    func note(_ problem: Problem, since start: MonotonicTime) {
        note(.source, since: start, problem.slug, [("reason", .string(problem.detail))])
    }

    // MARK: Contracts

    func note(special uri: String) {
        note(.tokenURI, since: .current, "special-contract", [("uri", .string(uri.shortened))])
    }

    func note(_ answer: TokenURIAnswer) {
        let (outcome, details): (String, [(name: String, value: JSONNode)]) =
            switch answer {
            case .uri(let text, let standard):
                ("uri", [("uri", .string(text.shortened)), ("standard", .string(standard.rawValue))])
            case .absent(let standard): ("absent", [("standard", .string(standard.rawValue))])
            case .missing(let reason, let isCertain):
                ("missing", [("reason", .string(reason)), ("certain", .boolean(isCertain))])
            case .malformed(let reason, let standard):
                ("malformed", [("reason", .string(reason)), ("standard", .string(standard.rawValue))])
            case .refused(let reason): ("refused", [("reason", .string(reason))])
            }
        note(.tokenURI, since: .current, outcome, details)
    }

    func note(_ reading: CallExchange.Reading, of calls: [ContractCall], since start: MonotonicTime) {
        switch reading {
        case .noMulticall: note(.calls, since: start, "no-multicall")
        case .batch(.refused): note(.calls, since: start, "batch-refused")
        case .batch(.failed(let outcome)): note(.calls, since: start, outcome.label)
        case .batch(.answered(let outcomes)):
            let list = zip(calls, outcomes).map { call, outcome in
                JSONNode.object([("function", .string(call.function))] + outcome.details)
            }
            note(.calls, since: start, "answered", [("calls", .array(list))])
        }
    }

    // MARK: Documents

    func note(_ question: DocumentQuestion) {
        let details: [(name: String, value: JSONNode)] = [
            ("uri", .string((question.uri.canonical ?? question.text).shortened)),
            ("immutable", .boolean(question.isImmutable)),
        ]
        if case .unsupported(let reason) = question.uri {
            return note(.locate, since: .current, "unsupported", [("reason", .string(reason))])
        }
        note(.locate, since: .current, question.uri.scheme, details)
    }

    func note(
        _ reading: BodyReading, of response: UpstreamResponse, from place: ContentPlace, since start: MonotonicTime
    ) {
        var details: [(name: String, value: JSONNode)] = [
            ("content_type", JSONNode(response.value(of: "content-type"))), ("bytes", .integer(response.body.count)),
        ]
        if let identifier = place.identifier {
            let verification = ContentVerification(of: response.body, against: identifier) { SHA256.hash($0) }
            details.append(("verification", .string(verification.label)))
        }
        switch reading {
        case .found(.document(let document)):
            details.append(("decoded", .boolean(document.bytes != response.body)))
            details.append(("looks_like_placeholder", .boolean(Self.looksLikePlaceholder(document.bytes))))
            note(.read, since: start, "document", details)
        case .found: note(.read, since: start, "media", details)
        case .unusable(let unusable):
            note(.read, since: start, "unusable", details + [("reason", .string(unusable.reason))])
        case .busy: note(.read, since: start, "error-message", details)
        case .mismatch: note(.read, since: start, "mismatch", details)
        }
    }

    /// A document that came in the URI itself, or one that stands for media.
    func note(_ reading: DocumentReading, contentType: String?, since start: MonotonicTime) {
        var details: [(name: String, value: JSONNode)] = [("content_type", JSONNode(contentType))]
        switch reading {
        case .document(let bytes):
            details.append(("bytes", .integer(bytes.count)))
            details.append(("looks_like_placeholder", .boolean(Self.looksLikePlaceholder(bytes))))
            note(.read, since: start, "document", details)
        case .synthesized(let bytes):
            note(.read, since: start, "synthesized", details + [("bytes", .integer(bytes.count))])
        case .unusable(let failure):
            note(.read, since: start, "unusable", details + [("reason", .string(failure.reason))])
        }
    }

    private static func looksLikePlaceholder(_ document: [UInt8]) -> Bool {
        !LargeDocument.isLarge(document) && PlaceholderLook.isPlaceholder(document)
    }

    // MARK: Providers

    func note(_ reading: ProviderReading, since start: MonotonicTime) {
        switch reading {
        case .findings(let findings):
            let details: [(name: String, value: JSONNode)] = [
                ("has_document", .boolean(findings.document != nil)),
                ("has_summary", .boolean(findings.summary != nil)),
                ("token_uri", JSONNode(findings.tokenURI?.shortened)),
                ("standard", JSONNode(findings.standard?.rawValue)),
            ]
            note(.read, since: start, "findings", details)
        case .verdict(let meaning): note(.read, since: start, meaning.rawValue)
        case .failure(let failure): note(.read, since: start, failure.label)
        }
    }
}

extension ContractCall {
    private static let functions: [FunctionSelector: String] = [
        .tokenURI: "tokenURI(uint256)", .uri: "uri(uint256)", .supportsInterface: "supportsInterface(bytes4)",
        .contractURI: "contractURI()", .baseURI: "baseURI()", .name: "name()", .symbol: "symbol()",
        .totalSupply: "totalSupply()", .punkAttributes: "punkAttributes(uint16)", .punkImage: "punkImageSvg(uint16)",
    ]

    /// The signature of what is called, or its selector.
    fileprivate var function: String {
        let selector = FunctionSelector(data.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        return Self.functions[selector] ?? "0x" + String(selector.value, radix: 16)
    }
}

extension CallOutcome {
    /// What endpoints say in words is left out: it may repeat the key of the request.
    fileprivate var label: String {
        switch self {
        case .returned: "returned"
        case .reverted: "reverted"
        case .unsupported: "unsupported"
        case .rateLimited: "rate-limited"
        case .exhausted: "exhausted"
        case .providerFault(let code, _): code.map { "rpc-error \($0)" } ?? "rpc-error"
        }
    }

    fileprivate var details: [(String, JSONNode)] {
        switch self {
        case .returned(let data): [("outcome", .string(label)), ("bytes", .integer(data.count))]
        case .reverted(let reason): [("outcome", .string(label)), ("reason", .string(reason.description))]
        case .unsupported, .rateLimited, .exhausted, .providerFault: [("outcome", .string(label))]
        }
    }
}

extension TokenURI {
    fileprivate var scheme: String {
        switch self {
        case .ipfs: "ipfs"
        case .ipns: "ipns"
        case .arweave: "arweave"
        case .arweaveName: "arweave-name"
        case .http: "http"
        case .data: "data"
        case .unsupported: "unsupported"
        }
    }
}

extension ContentVerification {
    fileprivate var label: String {
        switch self {
        case .verified: "verified"
        case .mismatch: "mismatch"
        case .undecided: "undecided"
        }
    }
}
