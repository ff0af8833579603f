/// What a request was about, by the beginning of its path: one of a few words, for logs and traces.
enum AnswerRoute {
    case batch
    /// Tokens and contracts.
    case token
    case content
    case dropIn
    case session
    case probe
    /// A route of the configuration, or nothing that is known.
    case route

    /// Allocates nothing.
    init(_ path: UnsafeRawBufferPointer) {
        func begins(_ prefix: StaticString) -> Bool {
            path.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        }
        self =
            if begins("/v1/batch") {
                .batch
            } else if begins("/v1/") {
                .token
            } else if begins("/ipfs/") || begins("/ipns/") || begins("/ar/") {
                .content
            } else if begins("/alchemy/") || begins("/opensea/") {
                .dropIn
            } else if begins("/auth/") {
                .session
            } else if begins("/healthz") || begins("/readyz") {
                .probe
            } else {
                .route
            }
    }

    /// The word, without an allocation.
    var label: StaticString {
        switch self {
        case .batch: "batch"
        case .token: "token"
        case .content: "content"
        case .dropIn: "drop-in"
        case .session: "session"
        case .probe: "probe"
        case .route: "route"
        }
    }
}
