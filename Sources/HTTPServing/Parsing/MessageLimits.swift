/// How large a request may be before it is refused.
public struct MessageLimits: Sendable {
    /// Octets of the request line without its CRLF; more is 414.
    public var requestLineBytes: Int
    /// Octets of the header section with its line ends; more is 431.
    public var headerBytes: Int
    /// Header fields; more is 431. At most ``maximumHeaderCount``.
    public var headerCount: Int
    /// Octets of content; more is 413.
    public var bodyBytes: Int

    /// The size of the parser's table of fields.
    public static let maximumHeaderCount = 128

    public init(
        requestLineBytes: Int = 8 << 10, headerBytes: Int = 32 << 10, headerCount: Int = 100, bodyBytes: Int = 1 << 20
    ) {
        self.requestLineBytes = requestLineBytes
        self.headerBytes = headerBytes
        self.headerCount = min(headerCount, Self.maximumHeaderCount)
        self.bodyBytes = bodyBytes
    }
}
