/// Resolves the escapes of a checked JSON string's content into UTF-8.
///
/// A surrogate without its partner, which UTF-8 cannot carry, becomes U+FFFD.
func unescapeJSON(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(content.count)
    var position = content.startIndex
    while position < content.endIndex {
        let byte = content[position]
        guard byte == JSONByte.backslash else {
            output.append(byte)
            position += 1
            continue
        }
        let mark = content[position + 1]
        if mark == UInt8(ascii: "u") {
            position += appendUnicodeEscape(content[position...], to: &output)
        } else {
            output.append(shortEscape(mark))
            position += 2
        }
    }
    return output
}

private func shortEscape(_ mark: UInt8) -> UInt8 {
    switch mark {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: mark
    }
}

/// Appends the scalar of a `\uXXXX`, or of two that form a surrogate pair; returns how many bytes were read.
private func appendUnicodeEscape(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) -> Int {
    let unit = codeUnit(text)
    if (0xD800..<0xDC00).contains(unit) {
        let rest = text.dropFirst(6)
        if rest.starts(with: "\\u".utf8) {
            let partner = codeUnit(rest)
            if (0xDC00..<0xE000).contains(partner) {
                append(0x10000 + (unit - 0xD800) << 10 + (partner - 0xDC00), to: &output)
                return 12
            }
        }
    }
    append(unit, to: &output)
    return 6
}

private func codeUnit(_ escape: ArraySlice<UInt8>) -> UInt32 {
    escape.dropFirst(2).prefix(4).reduce(0) { $0 << 4 | UInt32(hexValue($1) ?? 0) }
}

private func append(_ value: UInt32, to output: inout [UInt8]) {
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
}
