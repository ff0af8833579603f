import HTTPCaching
import UpstreamFetching

/// Where the answers on a route come from.
protocol AnswerOrigin: Sendable {
    /// Asks, and returns when there is an answer to be passed on, whatever its status.
    func open(_ question: OriginQuestion, by client: UpstreamClient) async throws(FetchFailure) -> IncomingAnswer
}

/// What an origin is asked.
struct OriginQuestion: Sendable {
    let request: RouteRequest
    /// What is stored and to be validated.
    let stored: StoredHead?
    /// Whether the client's own conditions go along: the answer is for this client alone.
    let keepsConditions: Bool
    /// Whether it may be sent twice when an open connection turns out dead.
    let mayBeSentAgain: Bool
    let time: TimeSource
}

/// An answer on its way from an origin: its head, and its body piece by piece.
struct IncomingAnswer: Sendable {
    let status: Int
    /// As they are passed on, with `Age`.
    let fields: HeaderFields
    /// As declared, also by answers that have no body; `nil` when the body is framed otherwise.
    let contentLength: Int?
    /// What its storing goes by; `nil` when it must not be stored.
    let rules: CachingRules?
    let body: any IncomingBody
}

/// A body that is read as it comes.
protocol IncomingBody: Sendable {
    /// What has come since the last call, or else what comes next; `nil` at the true end. One caller at a time.
    func nextPiece() async throws(FetchFailure) -> [UInt8]?

    /// Ends the reading. Any thread; does nothing after the end.
    func cancel()
}

extension UpstreamExchange: IncomingBody {}
