public import HTTPCaching

/// A response of an upstream as it is kept: its head, and its body, shared by reference.
public final class CachedResponse: Sendable {
    /// Everything that reuse is decided by.
    public let head: StoredHead
    /// The stored field lines as they are sent, each with its CRLF: without the status line, without the empty line at
    /// the end, and without those that are written anew for each answer. See ``headBlock(of:)``.
    public let headBlock: SharedBytes
    /// The body as it came; of a 206, the part.
    public let body: SharedBytes
    /// The fields it brings of those that are added to answers without them.
    public let ownFields: OwnFields
    /// The last purge that was known when the fetch began; nil for one that nobody noted.
    public let purgeSequence: UInt64?
    /// What the response takes of the memory budget, in bytes.
    public let footprint: Int

    public init(head: StoredHead, body: SharedBytes, purgeSequence: UInt64? = nil) {
        self.purgeSequence = purgeSequence
        self.head = head
        self.body = body
        headBlock = SharedBytes(copying: Self.headBlock(of: head))
        ownFields = OwnFields(head.fields)
        footprint =
            Footprint.object(payload: MemoryLayout<StoredHead>.stride + 48) + Footprint.head(head)
            + Footprint.shared(headBlock) + Footprint.shared(body)
    }

    /// The field lines of `head` as they are sent, but for those that depend on the moment and on the connection:
    /// `Age`, `Content-Length` and what concerns one hop only; and `Content-Range` where a range of the body is cut out
    /// for each request. An upstream's `Cache-Status` stays, so that another line behind it adds to the list (RFC 9211,
    /// section 2).
    public static func headBlock(of head: StoredHead) -> [UInt8] {
        HeaderFields(head.fields.lines.filter { !$0.isWrittenAnew(for: head) }).encoded
    }

    /// The response for a request with these fields; nil when none is for it.
    ///
    /// Whether it may be used now is for the caller to decide. Parts come into question only where nothing whole does,
    /// and what they hold may not be what the request asks for.
    public static func select(among responses: [CachedResponse], for request: HeaderFields) -> CachedResponse? {
        let wholes = responses.filter { $0.head.partial == nil }
        if let index = VariantSelection.select(among: wholes.map(\.head), for: request) { return wholes[index] }
        let parts = responses.filter { $0.head.partial != nil }
        return VariantSelection.select(among: parts.map(\.head), for: request).map { parts[$0] }
    }
}

/// Fields that a proxy adds to an answer unless its origin gave them.
public struct OwnFields: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let requestIdentifier = Self(rawValue: 1 << 0)
    public static let allowedOrigin = Self(rawValue: 1 << 1)

    public init(_ fields: HeaderFields) {
        self = []
        if fields.contains("x-request-id") { insert(.requestIdentifier) }
        if fields.contains("access-control-allow-origin") { insert(.allowedOrigin) }
    }
}

extension FieldLine {
    private static let written = ["age", "content-length"]
    private static let connection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]

    /// Whether the field is about one connection and never stored (RFC 9110, section 7.6.1).
    var concernsConnection: Bool { Self.connection.contains { isNamed($0) } }

    fileprivate func isWrittenAnew(for head: StoredHead) -> Bool {
        if isNamed("content-range") { return head.status == 200 || head.partial?.complete != nil }
        return concernsConnection || Self.written.contains { isNamed($0) }
    }
}
