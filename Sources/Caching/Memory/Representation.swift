public import HTTPCaching

/// One way an answer is sent: its body in one content coding, with the header fields that never change.
///
/// Shared by reference: an entry that is renewed keeps its representations.
public final class Representation: Sendable {
    /// How the body is coded.
    public let coding: ContentCoding
    /// Finished header lines, each with its CRLF, without the status line and without the empty line at the end:
    /// `Content-Type`, `Content-Length`, `ETag`, `Last-Modified`, `Vary` and the like.
    public let head: SharedBytes
    /// The body as it goes out.
    public let body: SharedBytes
    /// The strong entity tag of this body, with its quotes; empty when the answer has none.
    public let entityTag: [UInt8]

    public init(coding: ContentCoding, head: SharedBytes, body: SharedBytes, entityTag: [UInt8]) {
        self.coding = coding
        self.head = head
        self.body = body
        self.entityTag = entityTag
    }

    /// What the representation takes of the machine's memory, in bytes.
    var footprint: Int {
        Footprint.object(payload: 32) + Footprint.shared(head) + Footprint.shared(body) + Footprint.array(entityTag)
    }
}
