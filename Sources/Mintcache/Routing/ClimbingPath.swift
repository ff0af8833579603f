/// Paths that would leave their route if an upstream decoded more of them than this proxy does.
///
/// In URLs `%2F`, `%5C` and the backslash are no separators, and `;` begins a part of a segment (RFC 3986, section 3.3):
/// dot segments beside them stay when a path is normalised. Some servers see that otherwise, and behind a route with a
/// path of its own there may be more than the operator meant to open.
enum ClimbingPath {
    /// - Parameter path: normalised, so that hexadecimal digits are in upper case and dots are plain.
    static func climbs(_ path: [UInt8]) -> Bool {
        guard path.contains(UInt8(ascii: "%")) || path.contains(backslash) || path.contains(semicolon) else {
            return false
        }
        var segment: [UInt8] = []
        var position = 0
        while position < path.count {
            let rest = path[position...]
            let isEncoded = rest.starts(with: "%2F".utf8) || rest.starts(with: "%5C".utf8)
            if isEncoded || path[position] == slash || path[position] == backslash {
                if isDouble(segment) { return true }
                segment.removeAll()
                position += isEncoded ? 3 : 1
            } else {
                segment.append(path[position])
                position += 1
            }
        }
        return isDouble(segment)
    }

    private static func isDouble(_ segment: [UInt8]) -> Bool {
        segment.prefix { $0 != semicolon }.elementsEqual("..".utf8)
    }

    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let semicolon = UInt8(ascii: ";")
}
