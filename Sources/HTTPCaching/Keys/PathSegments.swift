/// Paths without `.` and `..` (RFC 3986, section 5.2.4).
enum PathSegments {
    /// `path`, which starts with a slash, without its dot segments, encoded ones among them. Empty segments stay.
    static func withoutDots(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.dropFirst().split(separator: ASCII.slash, omittingEmptySubsequences: false)
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            switch dots(in: segment) {
            case 1:
                if isLast { kept.append([]) }
            case 2:
                _ = kept.popLast()
                if isLast { kept.append([]) }
            default: kept.append(segment)
            }
        }
        return [ASCII.slash] + kept.joined(separator: [ASCII.slash])
    }

    /// 1 for `.`, 2 for `..`, 0 for any other segment. A server decodes before it looks, so `%2e` is a dot too, even in
    /// a path that is otherwise left as it came.
    private static func dots(in segment: ArraySlice<UInt8>) -> Int {
        guard segment.count <= 6 else { return 0 }
        var count = 0
        var index = segment.startIndex
        while index < segment.endIndex {
            if segment[index] == ASCII.dot {
                index += 1
            } else if PercentEncoding.octet(segment, at: index) == ASCII.dot {
                index += 3
            } else {
                return 0
            }
            count += 1
        }
        return count <= 2 ? count : 0
    }
}
