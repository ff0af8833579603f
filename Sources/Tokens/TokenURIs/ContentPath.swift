/// The path, query and fragment below content that gateways serve.
enum ContentPath {
    /// Encoded exactly once; nil when a dot segment would lead out of the content.
    static func normalized(_ text: ArraySlice<UInt8>) -> String? {
        let (path, suffix) = split(text)
        guard !hasDotSegment(path) else { return nil }
        var output = PercentEncoding.encodeOnce(path, in: .path)
        output += encodedSuffix(suffix)
        return String(decoding: output, as: UTF8.self)
    }

    /// Query and fragment with their marks, encoded once.
    static func encodedSuffix(_ suffix: ArraySlice<UInt8>) -> [UInt8] {
        guard let mark = suffix.first else { return [] }
        let rest = suffix.dropFirst()
        guard mark == UInt8(ascii: "?"), let hash = rest.firstIndex(of: UInt8(ascii: "#")) else {
            return [mark] + PercentEncoding.encodeOnce(rest, in: .query)
        }
        let query = PercentEncoding.encodeOnce(rest[..<hash], in: .query)
        return [mark] + query + [UInt8(ascii: "#")] + PercentEncoding.encodeOnce(rest[(hash + 1)...], in: .query)
    }

    /// How many marks file names may hold; keeps the time to look at a hostile path linear. With more, the first one
    /// ends the path.
    private static let marksInNameLimit = 4

    /// Where the path ends. A `#` or `?` in the middle of a file name such as `Cat #1.png` belongs to the name:
    /// nothing before it in the segment looks like an extension, and something after it does.
    private static func split(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let isMark = { (byte: UInt8) in byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") }
        guard let first = text.firstIndex(where: isMark) else { return (text, text[text.endIndex...]) }
        var next: Int? = first
        var marksInside = 0
        while let mark = next, isInsideFileName(text, mark) {
            marksInside += 1
            guard marksInside <= marksInNameLimit else { return (text[..<first], text[first...]) }
            next = text[(mark + 1)...].firstIndex(where: isMark)
        }
        let end = next ?? text.endIndex
        return (text[..<end], text[end...])
    }

    private static func isInsideFileName(_ text: ArraySlice<UInt8>, _ mark: Int) -> Bool {
        let dot = UInt8(ascii: ".")
        let name = text[..<mark].reversed().prefix { $0 != UInt8(ascii: "/") }
        let after = text[(mark + 1)...]
        guard !name.isEmpty, name.count < mark - text.startIndex, !name.contains(dot) else { return false }
        guard let lastDot = after.lastIndex(of: dot), !after.contains(UInt8(ascii: "=")) else { return false }
        let ending = after[(lastDot + 1)...]
        return (2...5).contains(ending.count) && ending.allSatisfy(isAlphanumeric)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func hasDotSegment(_ path: ArraySlice<UInt8>) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { segment in
            let name = segment.count > 6 ? [] : PercentEncoding.decode(segment)
            return name == [0x2E] || name == [0x2E, 0x2E]
        }
    }
}
