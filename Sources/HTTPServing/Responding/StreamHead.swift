/// The head of an answer whose body follows in pieces, as one that passes answers on has it.
public struct StreamHead: Sendable {
    /// What follows the head (RFC 9112 section 6.3). The server writes Content-Length and Transfer-Encoding by it.
    public enum Content: Sendable, Hashable {
        /// Exactly so many octets. To HEAD the length is told and nothing follows.
        case length(Int)
        /// Until ``Exchange/finishStreaming()``: in chunks, or up to the connection's end to an HTTP/1.0 client.
        case unknown
        /// Nothing. Where the client would wait for a body, a length of 0 is told.
        case none
    }

    /// 200…999.
    public var status: Int
    /// Finished field lines, each with its CRLF, sent as they are. Without Connection, Transfer-Encoding and
    /// Content-Length; but answers to HEAD, and 304, may bring a Content-Length when `content` is `none`.
    public var fields: [UInt8]
    /// Whether `fields` brings a Date, so that the server adds none (RFC 9110 section 6.6.1).
    public var hasDate: Bool
    public var content: Content

    public init(status: Int, fields: [UInt8] = [], hasDate: Bool = false, content: Content) {
        self.status = status
        self.fields = fields
        self.hasDate = hasDate
        self.content = content
    }
}
