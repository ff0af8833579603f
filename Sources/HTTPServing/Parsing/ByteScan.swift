/// Searches eight octets at a time.
///
/// Each test yields a word whose high bits mark the octets that pass; borrows may mark octets *after* the first true one
/// too, so only the first mark counts. No search reads outside `start..<end`.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The first octet that may not occur inside a field value: a control character other than TAB (RFC 9110
    /// section 5.5); `end` when there is none.
    @inline(__always)
    static func firstControl(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while true {
            position = firstControlOrTab(in: base, from: position, to: end)
            guard position < end, base.load(fromByteOffset: position, as: UInt8.self) == ASCII.tab else {
                return position
            }
            position &+= 1
        }
    }

    @inline(__always)
    private static func firstControlOrTab(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let word = load(base, position)
            let marks = (below(word, 0x20) | equal(word, ASCII.delete)) & highs
            if marks != 0 { return position &+ marks.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < end {
            let octet = base.load(fromByteOffset: position, as: UInt8.self)
            if octet < 0x20 || octet == ASCII.delete { return position }
            position &+= 1
        }
        return end
    }

    /// The first octet that is not visible ASCII, or is `#` or `?`; `end` when there is none.
    @inline(__always)
    static func firstTargetDelimiter(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let word = load(base, position)
            let outside = below(word, 0x21) | equal(word, ASCII.delete) | word
            let marks = (outside | equal(word, ASCII.hash) | equal(word, ASCII.question)) & highs
            if marks != 0 { return position &+ marks.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < end {
            let octet = base.load(fromByteOffset: position, as: UInt8.self)
            if octet <= ASCII.space || octet >= ASCII.delete || octet == ASCII.hash || octet == ASCII.question {
                return position
            }
            position &+= 1
        }
        return end
    }

    /// The first octet that is not a tchar (RFC 9110 section 5.6.2); `end` when there is none.
    @inline(__always)
    static func firstNonToken(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let word = load(base, position)
            let marks = notNameLike(word)
            if marks == 0 {
                position &+= 8
                continue
            }
            position &+= marks.trailingZeroBitCount >> 3
            guard ASCII.isToken(base.load(fromByteOffset: position, as: UInt8.self)) else { return position }
            position &+= 1
        }
        while position < end, ASCII.isToken(base.load(fromByteOffset: position, as: UInt8.self)) { position &+= 1 }
        return position
    }

    /// Marks what is neither a letter nor a hyphen, that is, nearly always the end of a field name. Exact for every
    /// octet: the sums cannot carry, because they are taken over the low seven bits.
    @inline(__always)
    private static func notNameLike(_ word: UInt64) -> UInt64 {
        let low = (word | (ones &* 0x20)) & ~highs
        let fromA = low &+ ones &* (0x80 - 0x61)
        let afterZ = low &+ ones &* (0x80 - 0x7B)
        let letters = fromA & ~afterZ
        let hyphens = ~(((word & ~highs) ^ (ones &* 0x2D)) &+ ones &* 0x7F)
        return (~(letters | hyphens) | word) & highs
    }

    @inline(__always)
    private static func below(_ word: UInt64, _ limit: UInt8) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word
    }

    @inline(__always)
    private static func equal(_ word: UInt64, _ octet: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(octet))
        return (difference &- ones) & ~difference
    }

    @inline(__always)
    private static func load(_ base: UnsafeRawPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
