/// Reads `data:` URLs (RFC 2397) as contracts write them, which is often not as the RFC does.
enum DataURI {
    /// What follows `data:`, decoded; nil without a comma or when the base 64 cannot be read.
    ///
    /// Understood beyond the RFC: parameters such as `;utf8`, both alphabets of base 64 with or without padding and
    /// with white space, a base 64 flag on plain JSON, JSON in base 64 without the flag, JSON and SVG that were never
    /// percent-encoded, with `#` and `%` in them.
    static func decode(_ text: ArraySlice<UInt8>) -> (mediaType: String, bytes: [UInt8])? {
        guard let comma = text.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let (mediaType, isBase64) = header(text[..<comma])
        let content = text[(comma + 1)...]
        if isBase64, !startsLikeText(content) {
            return base64(content).map { (mediaType, $0) }
        }
        if mediaType.hasSuffix("json"), !startsLikeText(content), let bytes = base64(content),
            startsLikeJSON(bytes[...])
        {
            return (mediaType, bytes)
        }
        return (mediaType, plain(content))
    }

    /// Whether content is JSON or markup as it is, or percent-encoded: neither is base 64.
    private static func startsLikeText(_ content: ArraySlice<UInt8>) -> Bool {
        let start = PercentEncoding.decode(content.prefix(64)).first { !JSONByte.isWhitespace($0) }
        return start == JSONByte.openBrace || start == UInt8(ascii: "<")
    }

    /// Whether browsers, which follow the Fetch standard (section 6, data: URLs), read the same from a URI.
    static func isRead(_ uri: [UInt8], byBrowsersAs mediaType: String, _ bytes: [UInt8]) -> Bool {
        guard hasPrefix(uri[...], "data:"), uri == PercentEncoding.encodeOnce(uri, in: .content),
            let comma = uri.firstIndex(of: UInt8(ascii: ","))
        else { return false }
        let (declared, isBase64) = header(uri[5..<comma])
        guard declared == mediaType else { return false }
        let content = PercentEncoding.decode(uri[(comma + 1)...])
        guard isBase64 else { return content == bytes }
        let isUsual = content.allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        return isUsual && Base64.decodeLeniently(content) == bytes
    }

    private static func header(_ text: ArraySlice<UInt8>) -> (mediaType: String, isBase64: Bool) {
        let parts = String(decoding: text, as: UTF8.self).lowercased()
            .split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.trimmingBlanks() }
        let mediaType = parts.first.flatMap { $0.contains("/") ? $0 : nil } ?? "text/plain"
        return (mediaType, parts.contains("base64"))
    }

    private static func startsLikeJSON(_ content: ArraySlice<UInt8>) -> Bool {
        content.first { !JSONByte.isWhitespace($0) } == JSONByte.openBrace
    }

    private static func base64(_ content: ArraySlice<UInt8>) -> [UInt8]? {
        Base64.decodeLeniently(PercentEncoding.decode(content))
    }

    /// Decodes once, as the RFC has it, unless only the undecoded text is JSON.
    private static func plain(_ content: ArraySlice<UInt8>) -> [UInt8] {
        let decoded = PercentEncoding.decode(content)
        guard decoded.count != content.count, startsLikeJSON(content), !isJSON(decoded) else { return decoded }
        let raw = Array(content)
        return isJSON(raw) ? raw : decoded
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try JSONRepair.document(from: bytes)
            return true
        } catch {
            return false
        }
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends at both ends.
    func trimmingBlanks() -> String {
        let isBlank = { (character: Character) in character.isWhitespace }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
