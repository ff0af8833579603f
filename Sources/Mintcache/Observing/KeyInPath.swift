/// Where a path of the drop-in kind, `/alchemy/{network}/nft/v3/{key}/…`, holds its caller's API key.
enum KeyInPath {
    /// What must not be logged: the key, or in another path below `/alchemy/`, whose key may be anywhere, everything
    /// after that. Everything, too, where the path may be the same in other words: its first part is empty or
    /// percent-encoded, or `nft/v3/` stands elsewhere in it. `nil` for other paths. Allocates nothing.
    static func range(in path: UnsafeRawBufferPointer) -> Range<Int>? {
        let start = 9
        guard path.count > start, path[1] != UInt8(ascii: "v") else { return nil }
        guard path.starts(with: "/alchemy/".utf8) else {
            let first = path[1...].prefix { $0 != slash }
            let isDisguised = first.isEmpty || first.contains(UInt8(ascii: "%")) || namesVersion(path)
            return isDisguised ? 1..<path.count : nil
        }
        let everything = start..<path.count
        guard let network = path[start...].firstIndex(of: slash) else { return everything }
        let rest = path[network...]
        guard rest.starts(with: "/nft/v3/".utf8) else { return everything }
        let key = network + 8
        return key..<(path[key...].firstIndex(of: slash) ?? path.count)
    }

    private static func namesVersion(_ path: UnsafeRawBufferPointer) -> Bool {
        let version: StaticString = "nft/v3/"
        return version.withUTF8Buffer { version in
            path.indices.dropLast(version.count - 1).contains { start in
                version.indices.allSatisfy { path[start + $0] | 0x20 == version[$0] | 0x20 }
            }
        }
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
}
