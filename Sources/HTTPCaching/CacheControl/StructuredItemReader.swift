/// Parsing keys and bare items of structured fields (RFC 9651, section 4.2.3).
extension FieldReader {
    /// Section 4.2.3.3: a lower-case name.
    mutating func structuredKey() -> [UInt8]? {
        guard let first = next, Self.isLowercase(first) || first == ASCII.asterisk else { return nil }
        let range = run { byte in
            Self.isLowercase(byte) || ASCII.digit(byte) != nil || byte == UInt8(ascii: "_") || byte == ASCII.hyphen
                || byte == ASCII.dot || byte == ASCII.asterisk
        }
        return Array(bytes(at: range))
    }

    /// Section 4.2.3.1.
    mutating func structuredItem() -> StructuredItem? {
        guard let first = next else { return nil }
        switch first {
        case ASCII.hyphen, UInt8(ascii: "0")...UInt8(ascii: "9"): return structuredNumber()
        case ASCII.quote: return structuredString()
        case ASCII.asterisk, UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            return structuredToken()
        case UInt8(ascii: ":"): return structuredByteSequence()
        case UInt8(ascii: "?"): return structuredBoolean()
        case UInt8(ascii: "@"): return structuredDate()
        case UInt8(ascii: "%"): return structuredDisplayString()
        default: return nil
        }
    }

    /// Section 4.2.4: up to 15 digits, or up to 12 with up to three behind a point.
    private mutating func structuredNumber() -> StructuredItem? {
        let isNegative = take(ASCII.hyphen)
        let whole = run { ASCII.digit($0) != nil }
        guard !whole.isEmpty else { return nil }
        if take(ASCII.dot) {
            let fraction = run { ASCII.digit($0) != nil }
            return whole.count <= 12 && (1...3).contains(fraction.count) ? .decimal : nil
        }
        guard whole.count <= 15 else { return nil }
        let value = bytes(at: whole).reduce(Int64(0)) { $0 * 10 + Int64(ASCII.digit($1) ?? 0) }
        return .integer(isNegative ? -value : value)
    }

    /// Section 4.2.5: printable ASCII, with quotes and backslashes escaped and nothing else.
    private mutating func structuredString() -> StructuredItem? {
        guard take(ASCII.quote) else { return nil }
        var content: [UInt8] = []
        while let byte = next {
            guard take(byte) else { return nil }
            switch byte {
            case ASCII.quote: return .string(content)
            case ASCII.backslash:
                guard let escaped = next, escaped == ASCII.quote || escaped == ASCII.backslash, take(escaped) else {
                    return nil
                }
                content.append(escaped)
            case 0x20...0x7E: content.append(byte)
            default: return nil
            }
        }
        return nil
    }

    /// Section 4.2.6.
    private mutating func structuredToken() -> StructuredItem {
        let range = run { ASCII.isTokenByte($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
        return .token(Array(bytes(at: range)))
    }

    /// Section 4.2.7: what looks like Base64. The bytes have no use here and are not decoded.
    private mutating func structuredByteSequence() -> StructuredItem? {
        guard take(":") else { return nil }
        _ = run { byte in
            Self.isLowercase(byte) || Self.isLowercase(byte | 0x20) && byte < 0x60 || ASCII.digit(byte) != nil
                || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") || byte == ASCII.equals
        }
        return take(":") ? .byteSequence : nil
    }

    /// Section 4.2.8.
    private mutating func structuredBoolean() -> StructuredItem? {
        if take("?1") { return .boolean(true) }
        return take("?0") ? .boolean(false) : nil
    }

    /// Section 4.2.9.
    private mutating func structuredDate() -> StructuredItem? {
        guard take("@"), case .integer(let seconds) = structuredNumber() else { return nil }
        return .date(seconds)
    }

    /// Section 4.2.10: octets beyond printable ASCII stand as `%` and two lower-case hexadecimal digits. Whether they
    /// are UTF-8 has no bearing here.
    private mutating func structuredDisplayString() -> StructuredItem? {
        guard take("%\"") else { return nil }
        while let byte = next {
            guard take(byte) else { return nil }
            switch byte {
            case ASCII.quote: return .displayString
            case UInt8(ascii: "%"):
                guard takeLowercaseHexadecimal(), takeLowercaseHexadecimal() else { return nil }
            case 0x20...0x7E: continue
            default: return nil
            }
        }
        return nil
    }

    private mutating func takeLowercaseHexadecimal() -> Bool {
        guard let byte = next, ASCII.digit(byte) != nil || (0x61...0x66).contains(byte) else { return false }
        return take(byte)
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
