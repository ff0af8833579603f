public import HTTPCaching

/// One HTTP exchange that is passed on as it is: nothing is added, decoded, followed or retried, and neither body is
/// ever held whole.
public struct ExchangeRequest: Sendable {
    /// Any token but CONNECT, in its own case (RFC 9110 section 9.1).
    public var method: String
    /// `http` or `https`, a host and perhaps a port: `https://host:8443`.
    public var origin: String
    /// Sent as it is: a path with its query, or `*` (RFC 9112 section 3.2).
    public var target: [UInt8]
    /// Sent as they are, in this order, names in their case and values octet for octet. `Content-Length`,
    /// `Transfer-Encoding` and `Expect` are left out: they follow from ``body``. Without a `Host` the origin's is
    /// sent.
    public var fields: HeaderFields
    public var body: ExchangeBody
    /// Decides what addresses the origin may have.
    public var trust: UpstreamRequest.Trust
    /// The time until the final head: look-up, waiting for a place, connecting and the origin's thinking. It starts
    /// anew when a streamed body has been sent, and stands still while one is.
    public var timeout: Duration
    /// How long the origin may take nothing of a request body that is there for it, or send nothing of an answer that
    /// is wanted. Time spent waiting for the body's source or for the answer's reader does not count.
    public var idleTimeout: Duration
    /// Whether it may be sent again when an open connection turns out dead. Without effect on a streamed body.
    public var isRepeatable: Bool

    public init(
        method: String = "GET", origin: String, target: [UInt8], fields: HeaderFields = HeaderFields(),
        body: ExchangeBody = .none, trust: UpstreamRequest.Trust, timeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(30), isRepeatable: Bool
    ) {
        self.method = method
        self.origin = origin
        self.target = target
        self.fields = fields
        self.body = body
        self.trust = trust
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.isRepeatable = isRepeatable
    }
}

/// The content of an exchange's request.
public enum ExchangeBody: Sendable {
    case none
    case bytes([UInt8])
    /// Pulled as fast as the origin takes it, one piece at a time, never two at once; `nil` is the end. With a length
    /// it is sent with `Content-Length`, else chunked. The request is broken off when `next` throws, or when the pieces
    /// are not as long as was said. The task that calls `next` is cancelled when the exchange ends first.
    case stream(length: Int?, next: @Sendable () async throws -> [UInt8]?)
}
