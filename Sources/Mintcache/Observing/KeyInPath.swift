/// Where a path of the drop-in kind, `/alchemy/{network}/nft/v3/{key}/…`, holds its caller's API key.
enum KeyInPath {
    /// What must not be logged: the key, or in another path below `/alchemy/`, whose key may be anywhere, everything
    /// after that. Everything, too, where the first part is empty or percent-encoded: it may be the same path in other
    /// words. `nil` for other paths. Allocates nothing.
    static func range(in path: UnsafeRawBufferPointer) -> Range<Int>? {
        let start = 9
        guard path.count > start, path[1] != UInt8(ascii: "v") else { return nil }
        guard path.starts(with: "/alchemy/".utf8) else {
            let first = path[1...].prefix { $0 != slash }
            return first.isEmpty || first.contains(UInt8(ascii: "%")) ? 1..<path.count : nil
        }
        let everything = start..<path.count
        guard let network = path[start...].firstIndex(of: slash) else { return everything }
        let rest = path[network...]
        guard rest.starts(with: "/nft/v3/".utf8) else { return everything }
        let key = network + 8
        return key..<(path[key...].firstIndex(of: slash) ?? path.count)
    }

    private static let slash = UInt8(ascii: "/")
}
