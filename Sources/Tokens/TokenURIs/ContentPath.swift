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

    /// Where the path ends. A `#` or `?` in the middle of a file name such as `Cat #1.png` belongs to the name: nothing
    /// before it in the segment looks like an extension, and what the text ends with does, without a parameter in
    /// between. One look at each byte, however many marks a hostile path has.
    private static func split(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let extensionDot = extensionDot(of: text)
        let lastEquals = text.lastIndex(of: UInt8(ascii: "=")) ?? text.startIndex
        var nameStart: Int?
        var hasDot = false
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case UInt8(ascii: "/"): (nameStart, hasDot) = (index + 1, false)
            case UInt8(ascii: "."): hasDot = true
            case UInt8(ascii: "?"), UInt8(ascii: "#"):
                let isInsideName = nameStart.map { $0 < index && !hasDot } ?? false
                guard isInsideName, index < extensionDot, index > lastEquals else {
                    return (text[..<index], text[index...])
                }
            default: break
            }
        }
        return (text, text[text.endIndex...])
    }

    /// The last dot of the text when two to five letters and digits follow it, else its start.
    private static func extensionDot(of text: ArraySlice<UInt8>) -> Int {
        guard let dot = text.lastIndex(of: UInt8(ascii: ".")) else { return text.startIndex }
        let ending = text[(dot + 1)...]
        return (2...5).contains(ending.count) && ending.allSatisfy(isAlphanumeric) ? dot : text.startIndex
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
