public import EventLoops
public import HTTPCaching

/// The final answer's status and header section.
public struct ExchangeHead: Sendable {
    /// 200 to 999.
    public let status: Int
    /// `1.0` or `1.1`, as `Via` wants it (RFC 9110, section 7.6.3).
    public let protocolVersion: String
    /// As received: in order, names in their case, values octet for octet, hop-by-hop fields among them, but for
    /// `Transfer-Encoding`, which is undone.
    public let fields: HeaderFields
    /// As declared, also by answers that have no body (to HEAD, 304); `nil` when the body is framed otherwise.
    public let contentLength: Int?
    /// Who answered; `nil` when libcurl did not say.
    public let peer: SocketAddress?
}
