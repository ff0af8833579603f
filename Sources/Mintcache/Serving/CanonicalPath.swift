/// Other spellings of a token's path.
enum CanonicalPath {
    /// The path with every character decoded that needs no encoding: the same resource (RFC 3986, section 6.2.2.2).
    static func unreserved(_ path: some Collection<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = Array(path)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(hexDigit)
            guard byte == 0x25, digits.count == 2, isUnreserved(digits[0] << 4 | digits[1]) else {
                plain.append(byte)
                continue
            }
            plain.append(digits[0] << 4 | digits[1])
            rest.removeFirst(2)
        }
        return plain
    }

    static func unreserved(_ path: String) -> String {
        path.utf8.contains(0x25) ? String(decoding: unreserved(path.utf8), as: UTF8.self) : path
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        case _: false
        }
    }

    /// The plain spelling of a path; `nil` when its percent-encoding is broken, or would change what the path means.
    static func plain(_ path: UnsafeRawBufferPointer) -> String? {
        let text = String(decoding: path, as: UTF8.self)
        return mayDiffer(from: path) ? decode(text).map(withoutAssets) : text
    }

    /// What is wrong with a path that has no plain spelling. For the client.
    static func fault(of path: UnsafeRawBufferPointer) -> String {
        var rest = Array(path)[...]
        while let percent = rest.firstIndex(of: 0x25) {
            let digits = rest[(percent + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ hexDigit($0) != nil }) else {
                return "The path's percent-encoding is not valid: after % come two hexadecimal digits."
            }
            rest = rest[digits.endIndex...]
        }
        return """
            The path has an encoded slash, space, control character, or character beyond ASCII; nothing here is named so.
            """
    }

    /// Whether there may be a plainer spelling.
    static func mayDiffer(from path: UnsafeRawBufferPointer) -> Bool {
        path.contains(0x25) || path.starts(with: "/v1/assets/".utf8)
    }

    /// Undoes percent-encoding (RFC 3986, section 2.1). `nil` for a broken triplet, and for an encoded slash or control
    /// character, which would change what the path means.
    static func decode(_ path: String) -> String? {
        var decoded: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            let value = high << 4 | low
            guard value > 0x20, value < 0x7F, value != 0x2F else { return nil }
            decoded.append(value)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// `/v1/assets/eip155:1/erc721:0x…/1` as `/v1/eip155:1/0x…/1`, and the same without a token (CAIP-19); other paths
    /// as they are.
    static func withoutAssets(_ path: String) -> String {
        guard path.hasPrefix("/v1/assets/") else { return path }
        let parts = path.dropFirst("/v1/assets/".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return path }
        for namespace in ["erc721:", "erc1155:"] where parts[1].hasPrefix(namespace) {
            let rest = [parts[0], parts[1].dropFirst(namespace.count)] + parts.dropFirst(2)
            return "/v1/" + rest.joined(separator: "/")
        }
        return path
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        case _: nil
        }
    }
}
