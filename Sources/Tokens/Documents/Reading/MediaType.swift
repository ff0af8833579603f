/// Media types of content, told by its first bytes (the ideas of the MIME Sniffing standard, for what tokens have).
public enum MediaType {
    /// How many bytes are looked at.
    public static let lookLength = 2048

    /// The type of a body that begins so; nil when its beginning does not tell.
    public static func sniffed(_ body: some Collection<UInt8>) -> String? {
        let head = Array(body.prefix(lookLength))
        return signature(head) ?? markup(head)
    }

    private static let signatures: [(offset: Int, bytes: [UInt8], type: String)] = [
        (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, Array("GIF8".utf8), "image/gif"),
        (8, Array("WEBP".utf8), "image/webp"),
        (4, Array("ftypavif".utf8), "image/avif"),
        (4, Array("ftypavis".utf8), "image/avif"),
        (4, Array("ftyphei".utf8), "image/heic"),
        (4, Array("ftypM4A".utf8), "audio/mp4"),
        (4, Array("ftypqt".utf8), "video/quicktime"),
        (4, Array("ftyp".utf8), "video/mp4"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
        (0, Array("OggS".utf8), "application/ogg"),
        (0, Array("ID3".utf8), "audio/mpeg"),
        (0, Array("fLaC".utf8), "audio/flac"),
        (8, Array("WAVE".utf8), "audio/wav"),
        (0, Array("glTF".utf8), "model/gltf-binary"),
        (0, Array("wOFF".utf8), "font/woff"),
        (0, Array("wOF2".utf8), "font/woff2"),
        (0, Array("%PDF-".utf8), "application/pdf"),
    ]

    private static func signature(_ body: [UInt8]) -> String? {
        signatures.first { body.dropFirst($0.offset).starts(with: $0.bytes) }?.type
    }

    /// SVG, also after an XML declaration, a document type or comments; web pages.
    private static func markup(_ body: [UInt8]) -> String? {
        let start = body.drop(while: isLeadingBlank)
        if hasPrefix(start, "<svg") || hasPrefix(start, "<!doctype svg") { return "image/svg+xml" }
        let openings: [StaticString] = ["<!doctype html", "<html", "<head", "<body", "<script", "<title", "<center"]
        if openings.contains(where: { hasPrefix(start, $0) }) { return "text/html" }
        guard hasPrefix(start, "<?xml") || hasPrefix(start, "<!--") else { return nil }
        for index in start.indices where start[index] == UInt8(ascii: "<") {
            if hasPrefix(start[index...], "<svg") { return "image/svg+xml" }
            if hasPrefix(start[index...], "<html") || hasPrefix(start[index...], "<!doctype html") {
                return "text/html"
            }
        }
        return nil
    }

    /// White space or a byte of the byte order mark.
    private static func isLeadingBlank(_ byte: UInt8) -> Bool {
        JSONByte.isWhitespace(byte) || byte == 0xEF || byte == 0xBB || byte == 0xBF
    }
}
