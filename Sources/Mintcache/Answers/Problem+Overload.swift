import Caching

/// What is full when a request is turned away with 503.
enum Bottleneck: Sendable, CaseIterable {
    /// Those who wait for one and the same answer.
    case answer
    /// Those who wait for any.
    case waiters
    /// Fetches under way.
    case fetches
    /// Calls of contracts that wait for a chain's endpoints.
    case calls
    /// Tokens that wait for documents.
    case documents
    /// Requests to endpoints, gateways and hosts.
    case upstreams
    /// Tokens that batches have asked for.
    case batches

    fileprivate var detail: String {
        switch self {
        case .answer: "As many requests as there may be wait for this very answer; try again when it is there."
        case .waiters: "As many requests as there may be wait for answers; try again shortly."
        case .fetches: "As many answers as there may be are being fetched; try again shortly."
        case .calls: "As many calls as there may be wait for this chain's JSON-RPC endpoints; try again shortly."
        case .documents: "As many tokens as there may be wait for documents that are being fetched; try again shortly."
        case .upstreams: "As many requests as there may be wait for upstreams; try again shortly."
        case .batches:
            """
            Other batches had all the places until this one's time was over, and the token was not asked for; ask for \
            it again, or wait longer.
            """
        }
    }
}

extension Problem {
    static func overloaded(_ full: Bottleneck) -> Problem { .overloaded(full.detail, seconds: 1) }

    /// There is no place for one more of anybody.
    static func overloaded(_ detail: String, seconds: Int) -> Problem {
        var problem = Problem(503, "overloaded", "Overloaded", detail: detail)
        problem.isRetryable = true
        problem.retryAfter = seconds
        return problem
    }
}

extension Bottleneck {
    init<Key, Waiter>(_ limit: Flights<Key, Waiter>.Refusal) {
        self =
            switch limit {
            case .waitersPerKey: .answer
            case .waiters: .waiters
            case .flights: .fetches
            }
    }
}
