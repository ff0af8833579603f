/// The kinds of media that stand where a metadata document should.
enum MediaKind {
    case image
    /// Video, sound and three-dimensional models: what `animation_url` is for.
    case animation

    /// Recognises media by its first bytes; failing that, by the media type when it is declared so plainly.
    static func recognize(_ body: [UInt8], contentType: String?) -> MediaKind? {
        if let kind = signature(body) ?? markup(body) { return kind }
        let isText = body.prefix(64).allSatisfy { $0 >= 0x20 || JSONByte.isWhitespace($0) }
        guard !isText, let type = contentType?.lowercased() else { return nil }
        if type.hasPrefix("image/") { return .image }
        let isAnimation = ["video/", "audio/", "model/"].contains { type.hasPrefix($0) }
        return isAnimation ? .animation : nil
    }

    private static let signatures: [(offset: Int, bytes: [UInt8], kind: MediaKind)] = [
        (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .image),
        (0, [0xFF, 0xD8, 0xFF], .image),
        (0, Array("GIF8".utf8), .image),
        (8, Array("WEBP".utf8), .image),
        (4, Array("ftypavif".utf8), .image),
        (4, Array("ftypavis".utf8), .image),
        (4, Array("ftyphei".utf8), .image),
        (4, Array("ftyp".utf8), .animation),
        (0, [0x1A, 0x45, 0xDF, 0xA3], .animation),
        (0, Array("OggS".utf8), .animation),
        (0, Array("ID3".utf8), .animation),
        (0, Array("glTF".utf8), .animation),
        (8, Array("WAVE".utf8), .animation),
    ]

    private static func signature(_ body: [UInt8]) -> MediaKind? {
        signatures.first { body.dropFirst($0.offset).starts(with: $0.bytes) }?.kind
    }

    /// SVG, also after an XML declaration, a document type or comments.
    private static func markup(_ body: [UInt8]) -> MediaKind? {
        let start = body.drop(while: isLeadingBlank)
        if hasPrefix(start, "<svg") || hasPrefix(start, "<!doctype svg") { return .image }
        guard hasPrefix(start, "<?xml") || hasPrefix(start, "<!--") else { return nil }
        let head = start.prefix(2048)
        return head.indices.contains { hasPrefix(head[$0...], "<svg") } ? .image : nil
    }

    /// Whether a body is a web page.
    static func isHTML(_ body: [UInt8]) -> Bool {
        let start = body.drop(while: isLeadingBlank)
        let openings: [StaticString] = ["<!doctype html", "<html", "<head", "<body", "<script", "<title", "<center"]
        return openings.contains { hasPrefix(start, $0) }
    }

    /// White space or a byte of the byte order mark.
    private static func isLeadingBlank(_ byte: UInt8) -> Bool {
        JSONByte.isWhitespace(byte) || byte == 0xEF || byte == 0xBB || byte == 0xBF
    }
}
