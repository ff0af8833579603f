/// How one upstream host is doing.
public struct HostHealth: Sendable, Hashable {
    public let host: String
    public let port: UInt16
    public let running: Int
    public let waiting: Int
    public let transfers: UInt64
    public let failures: UInt64
    public let consecutiveFailures: Int
    /// `nil` while the breaker is closed; otherwise the time until the next probe is let through.
    public let refusedFor: Duration?

    public var isHealthy: Bool { refusedFor == nil }
}
