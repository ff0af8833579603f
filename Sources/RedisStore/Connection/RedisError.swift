/// Why a command got no answer. Holds no secrets.
public enum RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no connection, or it ended first; why.
    case unreachable(String)
    /// No answer came in time.
    case timedOut
    /// The server does not let us in as we are configured; why.
    case refused(String)
    /// The server takes connections and ends them at once, most likely because it has as many clients as it allows.
    case turnedAway
    /// What came back is not what a Redis sends; how.
    case malformed(String)
    /// As much is under way as this client allows itself.
    case overloaded
    /// The client was closed.
    case closed

    public var description: String {
        switch self {
        case .unreachable(let reason): "Redis is unreachable: \(reason)"
        case .timedOut: "Redis did not answer in time"
        case .refused(let reason): "Redis refuses this client: \(reason)"
        case .turnedAway: "Redis ends new connections at once; it may have as many clients as it allows (maxclients)"
        case .malformed(let reason): "Redis sent nonsense: \(reason)"
        case .overloaded: "too many commands are waiting for Redis"
        case .closed: "the Redis client was closed"
        }
    }
}
