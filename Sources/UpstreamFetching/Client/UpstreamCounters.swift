/// What a client has done since it started.
public struct UpstreamCounters: Sendable, Hashable {
    /// Calls of ``UpstreamClient/fetch(_:)``.
    public internal(set) var fetches: UInt64 = 0
    /// Calls of ``UpstreamClient/open(_:onInterim:)``.
    public internal(set) var exchanges: UInt64 = 0
    /// Of both; of exchanges those that brought no head.
    public internal(set) var failures: UInt64 = 0
    /// Failures by ``FetchFailure/label``.
    public internal(set) var failuresByLabel: [String: UInt64] = [:]
    /// Exchanges with an upstream, redirects and retries among them.
    public internal(set) var transfers: UInt64 = 0
    public internal(set) var retries: UInt64 = 0
    /// Retries that the budget did not allow.
    public internal(set) var retriesWithheld: UInt64 = 0
    public internal(set) var redirects: UInt64 = 0
    public internal(set) var bodyBytes: UInt64 = 0
    public internal(set) var connectionsOpened: UInt64 = 0
    /// Now.
    public internal(set) var openConnections = 0
    public internal(set) var running = 0
    public internal(set) var waiting = 0
}
