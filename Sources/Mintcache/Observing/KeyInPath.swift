/// Where a path of the drop-in kind, `/alchemy/{network}/nft/v3/{key}/…`, holds its caller's API key.
enum KeyInPath {
    /// What must not be logged: the key, or in another path below `/alchemy/`, whose key may be anywhere, everything
    /// after that. Everything, too, where the path may be the same in other words: its first part is empty or
    /// percent-encoded, or `alchemy` or `nft/v3/` stands elsewhere in it, in whatever letters and encoding. `nil` for
    /// other paths. Allocates nothing.
    static func range(in path: UnsafeRawBufferPointer) -> Range<Int>? {
        let start = 9
        guard path.count > start else { return nil }
        guard path.starts(with: "/alchemy/".utf8) else {
            let first = path[1...].prefix { $0 != slash }
            let isDisguised = first.isEmpty || first.contains(percent) || namesProvider(path)
            return isDisguised ? 1..<path.count : nil
        }
        let everything = start..<path.count
        guard let network = path[start...].firstIndex(of: slash) else { return everything }
        let rest = path[network...]
        guard rest.starts(with: "/nft/v3/".utf8) else { return everything }
        let key = network + 8
        return key..<(path[key...].firstIndex(of: slash) ?? path.count)
    }

    private static func namesProvider(_ path: UnsafeRawBufferPointer) -> Bool {
        let (provider, version): (StaticString, StaticString) = ("alchemy", "nft/v3/")
        return path.indices.contains { begins(with: provider, path, at: $0) || begins(with: version, path, at: $0) }
    }

    /// Whether some words begin at a place, whatever the case of their letters and however they are encoded.
    private static func begins(with words: StaticString, _ path: UnsafeRawBufferPointer, at start: Int) -> Bool {
        words.withUTF8Buffer { words in
            var index = start
            for byte in words {
                guard index < path.count else { return false }
                let (octet, next) = decoded(path, at: index)
                guard octet | 0x20 == byte | 0x20 else { return false }
                index = next
            }
            return true
        }
    }

    /// The octet at a place, and where the next one begins. What was encoded more than once is decoded as often.
    private static func decoded(_ path: UnsafeRawBufferPointer, at start: Int) -> (octet: UInt8, next: Int) {
        var (octet, next) = (path[start], start + 1)
        while octet == percent, next + 1 < path.count,
            let high = hexDigit(path[next]), let low = hexDigit(path[next + 1])
        {
            (octet, next) = (high << 4 | low, next + 2)
        }
        return (octet, next)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    /// A path as it may be shown, with its key left out.
    static func masked(_ path: String) -> String {
        var path = path
        return path.withUTF8 { bytes in
            guard let range = range(in: UnsafeRawBufferPointer(bytes)) else { return nil }
            return String(decoding: bytes[..<range.lowerBound], as: UTF8.self) + "…"
        } ?? path
    }

    private static let slash = UInt8(ascii: "/")
    private static let percent = UInt8(ascii: "%")
}
