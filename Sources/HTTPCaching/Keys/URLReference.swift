/// The components of a URL reference (RFC 3986, section 4.1), where they stand in it; its fragment is left out.
struct URLReference {
    let scheme: ArraySlice<UInt8>?
    let authority: ArraySlice<UInt8>?
    let path: ArraySlice<UInt8>
    let query: ArraySlice<UInt8>?
    /// ``path`` and, after a question mark, ``query``.
    let pathAndQuery: ArraySlice<UInt8>

    init(_ reference: ArraySlice<UInt8>) {
        var rest = reference.prefix { $0 != UInt8(ascii: "#") }
        scheme = Self.scheme(of: rest)
        if let scheme { rest = rest[(scheme.endIndex + 1)...] }
        if rest.starts(with: [ASCII.slash, ASCII.slash]) {
            rest = rest.dropFirst(2)
            let named = rest.prefix { $0 != ASCII.slash && $0 != ASCII.question }
            authority = named
            rest = rest[named.endIndex...]
        } else {
            authority = nil
        }
        pathAndQuery = rest
        path = rest.prefix { $0 != ASCII.question }
        query = path.endIndex == rest.endIndex ? nil : rest[(path.endIndex + 1)...]
    }

    /// A letter and what may follow it (RFC 3986, section 3.1), up to a colon.
    private static func scheme(of reference: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let colon = reference.firstIndex(of: ASCII.colon), colon > reference.startIndex else { return nil }
        let scheme = reference[..<colon]
        guard let first = scheme.first, isLetter(first) else { return nil }
        let isSound = scheme.allSatisfy { byte in
            isLetter(byte) || ASCII.digit(byte) != nil || byte == UInt8(ascii: "+") || byte == ASCII.hyphen
                || byte == ASCII.dot
        }
        return isSound ? scheme : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(ASCII.lowercased(byte)) }
}
