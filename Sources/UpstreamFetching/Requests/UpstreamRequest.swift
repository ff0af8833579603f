/// What to ask an upstream for.
public struct UpstreamRequest: Sendable {
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// Who vouches for the URL, which decides what addresses it may reach.
    public enum Trust: Sendable, Hashable {
        /// The operator wrote it: any address, any port.
        case configured
        /// It came from a chain, a document, a client or a redirect: public addresses and web ports only.
        case untrusted
    }

    public var method: Method
    /// `http` or `https`, absolute, without user information.
    public var url: String
    /// Sent as they are. Those that frame or route the message (`Host`, `Content-Length`, …) are refused.
    public var fields: [UpstreamField]
    public var body: [UInt8]
    public var trust: Trust
    /// The most bytes of body, after decoding, that are accepted; `nil` for the client's own limit.
    public var maximumBodyBytes: Int?
    /// The time for everything: waiting, look-up, redirects, retries; `nil` for the client's own limit.
    public var timeout: Duration?
    /// Whether it may be sent more than once. True at first for the methods that only read; set it for a POST that
    /// only asks.
    public var isRepeatable: Bool
    /// Further attempts after the first; `nil` for the client's own number.
    public var retries: Int?
    /// How many redirects are followed. Only GET and HEAD follow any.
    public var maximumRedirects = 5

    public init(
        _ url: String, trust: Trust, method: Method = .get, fields: [UpstreamField] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.trust = trust
        isRepeatable = method == .get || method == .head || method == .options
    }

    /// Fields that this client or libcurl writes: a caller's copy could make two readers see two messages.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-connection", "proxy-authorization", "accept-encoding", "user-agent",
    ]

    /// Why the fields cannot be sent, if so.
    var fieldFault: String? {
        for field in fields {
            if !field.isWellFormed { return "a request field is not well formed" }
            if Self.reserved.contains(field.name.lowercased()) { return "the field \(field.name) is not the caller's" }
        }
        return nil
    }
}
