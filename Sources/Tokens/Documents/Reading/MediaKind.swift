/// The kinds of media that stand where a metadata document should.
enum MediaKind {
    case image
    /// Video, sound and three-dimensional models: what `animation_url` is for.
    case animation

    /// Recognises media by its first bytes; failing that, by the media type when it is declared so plainly.
    static func recognize(_ body: [UInt8], contentType: String?) -> MediaKind? {
        if let type = MediaType.sniffed(body) { return MediaKind(ofType: type) }
        let isText = body.prefix(64).allSatisfy { $0 >= 0x20 || JSONByte.isWhitespace($0) }
        return isText ? nil : contentType.flatMap { MediaKind(ofType: $0.lowercased()) }
    }

    private init?(ofType type: String) {
        if type.hasPrefix("image/") {
            self = .image
        } else if ["video/", "audio/", "model/", "application/ogg"].contains(where: type.hasPrefix) {
            self = .animation
        } else {
            return nil
        }
    }

    /// Whether a body is a web page.
    static func isHTML(_ body: [UInt8]) -> Bool { MediaType.sniffed(body) == "text/html" }
}
