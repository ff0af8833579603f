/// Why a stream could not be opened, or ended.
public enum StreamError: Error, Sendable, CustomStringConvertible {
    /// The peer closed it in good order.
    case closed
    /// A deadline passed first.
    case timedOut
    /// More was written than the peer took.
    case backlogged
    case system(SystemCallError)
    /// TLS failed, in OpenSSL's words.
    case tls(String)

    public var description: String {
        switch self {
        case .closed: "connection closed by the peer"
        case .timedOut: "timed out"
        case .backlogged: "the peer does not take what is sent"
        case .system(let error): error.description
        case .tls(let reason): "TLS: \(reason)"
        }
    }
}
