/// A path as the most generous of servers may read it: decoded, with backslashes for separators, without parameters, empty
/// segments and dot segments, in lower case. What two servers might see differently is the same here.
enum FoldedPath {
    /// Of a path encoded again and again, so many layers are undone.
    private static let layers = 3

    static func folding(_ path: [UInt8]) -> [UInt8] {
        var decoded = path
        for _ in 0..<layers { decoded = decode(decoded) }
        var segments: [ArraySlice<UInt8>] = []
        for segment in decoded.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            switch name.elementsEqual("..".utf8) {
            case true: _ = segments.popLast()
            case false where !name.isEmpty && !name.elementsEqual(".".utf8): segments.append(name)
            case false: break
            }
        }
        let folded = segments.flatMap { [UInt8(ascii: "/")] + $0.map(lowercase) }
        // The root of a route is the route's.
        return folded + [UInt8(ascii: "/")]
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
