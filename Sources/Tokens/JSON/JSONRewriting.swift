/// Rewrites a text as JSON, in one pass. What it does not understand it leaves as it is, for the validator to refuse.
struct JSONRewriting {
    private let text: ArraySlice<UInt8>
    private var position: Int
    private var output: [UInt8] = []

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let apostrophe = UInt8(ascii: "'")
    private static let slash = UInt8(ascii: "/")
    private static let asterisk = UInt8(ascii: "*")

    init(_ bytes: [UInt8]) {
        text = bytes.starts(with: Self.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        position = text.startIndex
        output.reserveCapacity(text.count)
    }

    mutating func rewritten() -> [UInt8] {
        while let byte = peek() {
            switch byte {
            case JSONByte.quote, Self.apostrophe:
                string(endingWith: byte)
            case Self.slash where peek(1) == Self.slash || peek(1) == Self.asterisk:
                comment()
            case JSONByte.closeBrace, JSONByte.closeBracket:
                dropTrailingComma()
                take(byte)
            case _ where Self.isNameStart(byte):
                word()
            case _:
                take(byte)
            }
        }
        return output
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < text.endIndex ? text[position + offset] : nil
    }

    private mutating func take(_ byte: UInt8) {
        output.append(byte)
        position += 1
    }

    // MARK: Comments

    /// Skips a comment. One that does not end is left, and nothing after it is looked at as a comment again, so that
    /// the time stays linear.
    private mutating func comment() {
        let rest = text[(position + 2)...]
        if peek(1) == Self.slash {
            position = rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.endIndex
            return
        }
        let end = rest.indices.first { index in
            rest[index] == Self.asterisk && index + 1 < rest.endIndex && rest[index + 1] == Self.slash
        }
        if let end {
            position = end + 2
        } else {
            output += text[position...]
            position = text.endIndex
        }
    }

    /// Removes the last comma when only white space follows it; that of an otherwise empty container stays, and
    /// fails as it should.
    private mutating func dropTrailingComma() {
        var index = output.count - 1
        while index >= 0, JSONByte.isWhitespace(output[index]) { index -= 1 }
        guard index > 0, output[index] == JSONByte.comma else { return }
        var before = index - 1
        while before > 0, JSONByte.isWhitespace(output[before]) { before -= 1 }
        switch output[before] {
        case JSONByte.comma, JSONByte.openBrace, JSONByte.openBracket, JSONByte.colon: return
        default: output.remove(at: index)
        }
    }

    // MARK: Names

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
    }

    /// Puts quotes around a name in front of a colon; leaves every other word, such as `true`.
    private mutating func word() {
        let start = position
        while let byte = peek(), Self.isNameStart(byte) || byte &- JSONByte.zero < 10 { position += 1 }
        let name = text[start..<position]
        let isName = isNext(JSONByte.colon) && isLast { $0 == JSONByte.openBrace || $0 == JSONByte.comma }
        if isName { output.append(JSONByte.quote) }
        output += name
        if isName { output.append(JSONByte.quote) }
    }

    private func isNext(_ byte: UInt8) -> Bool {
        text[position...].first { !JSONByte.isWhitespace($0) } == byte
    }

    private func isLast(_ isWanted: (UInt8) -> Bool) -> Bool {
        output.last { !JSONByte.isWhitespace($0) }.map(isWanted) ?? false
    }

    // MARK: Strings

    private mutating func string(endingWith quote: UInt8) {
        output.append(JSONByte.quote)
        position += 1
        while let byte = peek(), byte != quote {
            switch byte {
            case JSONByte.backslash:
                escape(in: quote)
            case JSONByte.quote:
                output += "\\\"".utf8
                position += 1
            case 0..<0x20:
                appendEscaped(byte)
                position += 1
            case _:
                take(byte)
            }
        }
        if peek() != nil { take(JSONByte.quote) }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        output += "\\u00".utf8
        output.appendHex(CollectionOfOne(byte))
    }

    /// Keeps the escapes of JSON, and turns an escaped apostrophe, and in apostrophes a continued line and a vertical
    /// tab, into what they stand for in JSON5.
    private mutating func escape(in quote: UInt8) {
        guard let mark = peek(1) else { return take(JSONByte.backslash) }
        switch mark {
        case Self.apostrophe:
            output.append(mark)
        case 0x0A where quote == Self.apostrophe:
            break
        case UInt8(ascii: "v") where quote == Self.apostrophe:
            appendEscaped(0x0B)
        case _:
            output.append(JSONByte.backslash)
            output.append(mark)
        }
        position += 2
    }
}
