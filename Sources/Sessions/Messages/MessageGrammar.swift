/// The pieces that messages of EIP-4361 are made of, as RFC 3986 defines them. ASCII only.
enum MessageGrammar {
    /// RFC 3986, section 3.1.
    static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// A host with or without a port (RFC 3986, section 3.2), without user information: that is how one host is made
    /// to look like another.
    static func isAuthority(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isUnreserved($0) || isSubDelimiter($0) || ":[]".utf8.contains($0) }
    }

    /// A URI by its characters: a scheme, a colon, and what may follow.
    static func isURI(_ text: Substring) -> Bool {
        guard let colon = text.firstIndex(of: ":"), isScheme(text[..<colon]) else { return false }
        return consists(of: text[text.index(after: colon)...]) {
            isUnreserved($0) || isSubDelimiter($0) || isGeneralDelimiter($0)
        }
    }

    /// `*pchar`.
    static func isPathCharacters(_ text: Substring) -> Bool {
        consists(of: text) { isUnreserved($0) || isSubDelimiter($0) || ":@".utf8.contains($0) }
    }

    /// `1*( reserved / unreserved / " " )`.
    static func isStatement(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { isUnreserved($0) || isSubDelimiter($0) || isGeneralDelimiter($0) || $0 == 0x20 }
    }

    static func isNonce(_ text: Substring) -> Bool {
        (8...128).contains(text.utf8.count) && text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// Whether a text has only such characters and whole percent-encodings.
    private static func consists(of text: Substring, _ isAllowed: (UInt8) -> Bool) -> Bool {
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if isAllowed(byte) { continue }
            guard byte == UInt8(ascii: "%"), rest.prefix(2).count == 2, rest.prefix(2).allSatisfy(isHexDigit) else {
                return false
            }
            rest = rest.dropFirst(2)
        }
        return true
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~".utf8.contains(byte)
    }

    private static func isSubDelimiter(_ byte: UInt8) -> Bool { "!$&'()*+,;=".utf8.contains(byte) }

    private static func isGeneralDelimiter(_ byte: UInt8) -> Bool { ":/?#[]@".utf8.contains(byte) }
}
