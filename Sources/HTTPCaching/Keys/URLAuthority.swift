/// `host[:port]` in one spelling (RFC 3986, section 6.2.3; RFC 9110, section 4.2.3).
enum URLAuthority {
    /// In lower case, without a default or empty port and without the dot that ends an absolute name.
    ///
    /// - Returns: nil for what is no authority of an http or https URL: with user information (RFC 9110, section
    ///   4.2.4), with an impossible port, with percent-encoding or with bytes that no host has.
    static func normalised(_ text: ArraySlice<UInt8>, defaultPort: Int) -> [UInt8]? {
        guard text.count <= 261, let split = split(text) else { return nil }
        guard var host = split.isLiteral ? literal(split.host) : name(split.host) else { return nil }
        guard let digits = split.port, !digits.isEmpty else { return host }
        guard digits.count <= 5, digits.allSatisfy({ ASCII.digit($0) != nil }) else { return nil }
        let port = digits.reduce(0) { $0 * 10 + (ASCII.digit($1) ?? 0) }
        guard port <= 65_535 else { return nil }
        if port != defaultPort { host += [ASCII.colon] + Array(String(port).utf8) }
        return host
    }

    private struct Split {
        let host: ArraySlice<UInt8>
        let isLiteral: Bool
        let port: ArraySlice<UInt8>?
    }

    private static func split(_ text: ArraySlice<UInt8>) -> Split? {
        guard text.first == ASCII.openBracket else {
            guard let colon = text.firstIndex(of: ASCII.colon) else {
                return Split(host: text, isLiteral: false, port: nil)
            }
            return Split(host: text[..<colon], isLiteral: false, port: text[(colon + 1)...])
        }
        guard let close = text.firstIndex(of: ASCII.closeBracket) else { return nil }
        let rest = text[(close + 1)...]
        guard rest.isEmpty || rest.first == ASCII.colon else { return nil }
        return Split(host: text[...close], isLiteral: true, port: rest.isEmpty ? nil : rest.dropFirst())
    }

    private static func name(_ host: ArraySlice<UInt8>) -> [UInt8]? {
        let name = host.last == ASCII.dot ? host.dropLast() : host
        guard !name.isEmpty, name.allSatisfy(PercentEncoding.isUnreserved) else { return nil }
        return name.map(ASCII.lowercased)
    }

    private static func literal(_ host: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = host.dropFirst().dropLast()
        guard (2...46).contains(digits.count), digits.contains(ASCII.colon) else { return nil }
        let isAddress = digits.allSatisfy { byte in
            PercentEncoding.hexValue(byte) != nil || byte == ASCII.colon || byte == ASCII.dot
        }
        return isAddress ? host.map(ASCII.lowercased) : nil
    }
}
