/// `host[:port]` as it may stand in Host and in absolute targets (RFC 9112 section 3.2): a registered name of letters,
/// digits, dots, hyphens, underscores and tildes, an IPv4 address, or an IPv6 address in brackets. No user
/// information, no percent-encoding, no lists.
enum Authority {
    @inline(__always)
    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty, text.count <= 261 else { return false }
        if text[0] == UInt8(ascii: "[") { return isValidLiteral(text) }
        var end = 0
        while end < text.count, isNameCharacter(text[end]) { end += 1 }
        guard end > 0 else { return false }
        return end == text.count || isValidPort(text, from: end)
    }

    @inline(__always)
    private static func isNameCharacter(_ octet: UInt8) -> Bool {
        (octet | 0x20) &- 0x61 < 26 || ASCII.isDigit(octet) || octet == UInt8(ascii: ".")
            || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_") || octet == UInt8(ascii: "~")
    }

    private static func isValidLiteral(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let close = text.firstIndex(of: UInt8(ascii: "]")), (4...48).contains(close + 1) else { return false }
        let digits = text[1..<close]
        guard digits.contains(ASCII.colon) else { return false }
        let isAddress = digits.allSatisfy { octet in
            ASCII.hexValue(octet) != nil || octet == ASCII.colon || octet == UInt8(ascii: ".")
        }
        return isAddress && (close + 1 == text.count || isValidPort(text, from: close + 1))
    }

    /// A colon and up to five digits, at most 65535.
    private static func isValidPort(_ text: UnsafeRawBufferPointer, from colon: Int) -> Bool {
        guard text[colon] == ASCII.colon, text.count - colon <= 6 else { return false }
        let digits = text[(colon + 1)...]
        return digits.allSatisfy(ASCII.isDigit) && digits.reduce(0) { $0 * 10 + Int($1 - ASCII.zero) } <= 65_535
    }
}
