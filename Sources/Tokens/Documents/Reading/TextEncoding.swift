/// Encodings other than UTF-8 that bodies occur in, though JSON must be UTF-8 (RFC 8259, section 8.1).
enum TextEncoding {
    /// The text of a body in UTF-8; nil when it is UTF-8 already, or in no encoding that can be told without guessing.
    ///
    /// A byte order mark or the zero bytes around the first two characters, which are ASCII in every JSON text, tell
    /// UTF-16. Latin 1 has no such marks: it must be declared, and the bytes must not be UTF-8, as servers declare it
    /// for everything.
    static func utf8(of body: [UInt8], contentType: String?) -> [UInt8]? {
        if let isBigEndian = utf16ByteOrder(body) { return utf8(ofUTF16: body, isBigEndian: isBigEndian) }
        guard isDeclaredLatin(contentType), String(validating: body, as: UTF8.self) == nil else { return nil }
        return body.flatMap { byte in
            let scalar = (0x80...0x9F).contains(byte) ? windows1252[Int(byte - 0x80)] : Unicode.Scalar(byte)
            return Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func utf16ByteOrder(_ body: [UInt8]) -> Bool? {
        guard body.count >= 4, body.count % 2 == 0 else { return nil }
        if body[0] == 0xFE, body[1] == 0xFF { return true }
        if body[0] == 0xFF, body[1] == 0xFE { return false }
        switch (body[0], body[1], body[2], body[3]) {
        case (0, 1..<0x80, 0, 1..<0x80): return true
        case (1..<0x80, 0, 1..<0x80, 0): return false
        case _: return nil
        }
    }

    /// nil when the code units are not well formed.
    private static func utf8(ofUTF16 body: [UInt8], isBigEndian: Bool) -> [UInt8]? {
        let units = stride(from: 0, to: body.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(body[index]), UInt16(body[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        let text = units.first == 0xFEFF ? units.dropFirst() : units[...]
        return String(validating: text, as: UTF16.self).map { Array($0.utf8) }
    }

    private static func isDeclaredLatin(_ contentType: String?) -> Bool {
        guard let contentType = contentType?.lowercased() else { return false }
        let names = ["iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"]
        return names.contains { contentType.contains("charset=\($0)") || contentType.contains("charset=\"\($0)\"") }
    }

    /// What 0x80 … 0x9F mean to browsers, which read Latin 1 as Windows 1252 (WHATWG Encoding, section 9.1).
    private static let windows1252: [Unicode.Scalar] = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)
}
