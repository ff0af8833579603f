/// What one route's cache may do.
public struct CachingRules: Sendable, Hashable {
    /// Who says how long an answer lives.
    public enum Mode: Sendable, Hashable {
        /// The origin, as RFC 9111 describes.
        case origin
        /// The route, whatever the origin says.
        case override(OverrideLifetimes)
    }

    public var mode: Mode
    /// Whether a request's Cache-Control and Pragma count.
    public var honoursRequestDirectives: Bool
    /// Whether answers with Set-Cookie are stored where the origin allows it. Never in override mode.
    public var storesSetCookie: Bool
    /// Milliseconds past freshness in which the route lets an answer be sent while it is refreshed; 0 leaves it to the
    /// origin. In origin mode what the origin states counts before this.
    public var staleWhileRevalidate: Int64
    /// Milliseconds past freshness in which the route lets an answer stand in for an error; likewise.
    public var staleIfError: Int64
    /// Names of request fields that answers differ by though Vary does not say so. In override mode no others count.
    public var varyFields: [String]

    /// - Parameter honoursRequestDirectives: nil for the mode's usual: yes in origin mode, no in override mode.
    public init(
        mode: Mode = .origin, honoursRequestDirectives: Bool? = nil, storesSetCookie: Bool = true,
        staleWhileRevalidate: Int64 = 0, staleIfError: Int64 = 0, varyFields: [String] = []
    ) {
        self.mode = mode
        self.honoursRequestDirectives = honoursRequestDirectives ?? (mode == .origin)
        self.storesSetCookie = storesSetCookie
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.varyFields = varyFields
    }
}
