/// A path as the most generous of servers may read it: with backslashes for separators, without parameters, empty segments
/// and segments of one dot, in lower case. What two servers might see differently is the same here.
struct FoldedPath {
    /// Of a path encoded again and again, so many layers are undone.
    private static let layers = 3

    /// Beginning and ending with `/`: the root of a route is the route's.
    let octets: [UInt8]
    /// Whether a segment means its parent. Servers agree neither on which do nor on what came before, so there is no
    /// telling where it leads.
    let climbs: Bool

    /// - Parameter path: read as it is, nothing decoded.
    private init(_ path: [UInt8]) {
        var octets: [UInt8] = []
        octets.reserveCapacity(path.count + 1)
        var climbs = false
        for segment in path.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            if name.elementsEqual("..".utf8) { climbs = true }
            guard !name.isEmpty, !name.elementsEqual(".".utf8) else { continue }
            octets.append(UInt8(ascii: "/"))
            for byte in name { octets.append(Self.lowercase(byte)) }
        }
        octets.append(UInt8(ascii: "/"))
        self.octets = octets
        self.climbs = climbs
    }

    /// As it is read by servers that decode it not at all, once, and again.
    static func readings(of path: [UInt8]) -> [FoldedPath] {
        var readings = [FoldedPath(path)]
        var path = path
        for _ in 0..<layers where path.contains(UInt8(ascii: "%")) {
            path = decode(path)
            readings.append(FoldedPath(path))
        }
        return readings
    }

    private static func decode(_ path: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = path[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let high = rest.first.flatMap(digit),
                let low = rest.dropFirst().first.flatMap(digit)
            else {
                result.append(byte)
                continue
            }
            result.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
