public import HTTPCaching

/// One way an answer is sent: its body in one content coding, with the header fields that belong to that.
///
/// Shared by reference: an entry that is renewed keeps its representations.
public final class Representation: Sendable {
    /// How the body is coded.
    public let coding: ContentCoding
    /// Finished header lines, each with its CRLF: `Content-Encoding`, `ETag` and `Vary`.
    public let head: SharedBytes
    /// The body as it goes out.
    public let body: SharedBytes
    /// The strong entity tag of this body, with its quotes; empty when the answer has none.
    public let entityTag: [UInt8]

    /// - Parameter entityTag: with its quotes; empty for none.
    public init(_ body: SharedBytes, in coding: ContentCoding = .identity, entityTag: [UInt8]) {
        self.coding = coding
        self.body = body
        self.entityTag = entityTag
        var head: [UInt8] = []
        if coding != .identity { head += Array("Content-Encoding: \(coding.label)\r\n".utf8) }
        if !entityTag.isEmpty { head += Array("ETag: ".utf8) + entityTag + [13, 10] }
        self.head = SharedBytes(copying: head + Array("Vary: Accept-Encoding\r\n".utf8))
    }

    /// The same in `coding`, with an entity tag of its own; itself when that is not smaller.
    func compressed(by coding: ContentCoding) -> Representation {
        let bytes =
            switch coding {
            case .identity: nil as SharedBytes?
            case .gzip: Compression.gzip(body.bytes)
            case .brotli: Compression.brotli(body.bytes)
            }
        guard let bytes else { return self }
        let tag = entityTag.dropLast() + Array("-\(coding.label)\"".utf8)
        return Representation(bytes, in: coding, entityTag: Array(tag))
    }

    /// What the representation takes of the machine's memory, in bytes.
    var footprint: Int {
        Footprint.object(payload: 32) + Footprint.shared(head) + Footprint.shared(body) + Footprint.array(entityTag)
    }
}
