/// Other spellings of a token's path.
enum CanonicalPath {
    /// The plain spelling of a path; `nil` when its percent-encoding is broken, or would change what the path means.
    static func plain(_ path: UnsafeRawBufferPointer) -> String? {
        let text = String(decoding: path, as: UTF8.self)
        return mayDiffer(from: path) ? decode(text).map(withoutAssets) : text
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
