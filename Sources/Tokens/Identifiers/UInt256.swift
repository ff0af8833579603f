/// An unsigned 256-bit integer: the EVM's word, the range of a token identifier, a Keccak-256 digest.
///
/// Four machine words without indirection, so that identifiers can be copied, compared and hashed for free.
public struct UInt256: Hashable, Sendable {
    /// The most significant 64 bits; `word3` holds the least significant ones.
    public let word0: UInt64
    public let word1: UInt64
    public let word2: UInt64
    public let word3: UInt64

    /// Words from the most to the least significant.
    @inlinable
    public init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    @inlinable
    public init(_ value: UInt64) {
        self.init(0, 0, 0, value)
    }

    public static let zero = UInt256(0)
    public static let max = UInt256(.max, .max, .max, .max)

    /// Reads 32 big-endian bytes beginning at an offset. The caller has checked that they are there.
    init(bigEndian bytes: Span<UInt8>, at offset: Int = 0) {
        func word(_ index: Int) -> UInt64 {
            var value: UInt64 = 0
            for position in 0..<8 {
                value = value << 8 | UInt64(bytes[offset + index * 8 + position])
            }
            return value
        }
        self.init(word(0), word(1), word(2), word(3))
    }

    /// The byte at a position, position 0 being the most significant.
    func byte(_ position: Int) -> UInt8 {
        let word =
            switch position >> 3 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt8(truncatingIfNeeded: word >> UInt64((7 - (position & 7)) * 8))
    }

    /// The 32 bytes, most significant first.
    public var bigEndianBytes: [UInt8] {
        (0..<32).map(byte)
    }

    /// The value, when it fits in 64 bits.
    public var exactly64: UInt64? {
        word0 | word1 | word2 == 0 ? word3 : nil
    }

    /// The value, when it can count or index bytes in memory.
    public var exactlyInt: Int? {
        exactly64.flatMap { Int(exactly: $0) }
    }
}

extension UInt256: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

extension UInt256 {
    /// The sum, or nil when it exceeds 2^256 − 1.
    public func adding(_ other: UInt64) -> UInt256? {
        let (low, carry3) = word3.addingReportingOverflow(other)
        let (next, carry2) = word2.addingReportingOverflow(carry3 ? 1 : 0)
        let (upper, carry1) = word1.addingReportingOverflow(carry2 ? 1 : 0)
        let (high, overflow) = word0.addingReportingOverflow(carry1 ? 1 : 0)
        return overflow ? nil : UInt256(high, upper, next, low)
    }

    /// `self × factor + addend`, or nil when that exceeds 2^256 − 1.
    func multiplied(by factor: UInt64, adding addend: UInt64) -> UInt256? {
        var carry = addend
        func step(_ word: UInt64) -> UInt64 {
            let product = word.multipliedFullWidth(by: factor)
            let (low, overflow) = product.low.addingReportingOverflow(carry)
            carry = product.high &+ (overflow ? 1 : 0)
            return low
        }
        let low = step(word3)
        let next = step(word2)
        let upper = step(word1)
        let high = step(word0)
        return carry == 0 ? UInt256(high, upper, next, low) : nil
    }

    /// Quotient and remainder of a division by a word other than zero.
    func divided(by divisor: UInt64) -> (quotient: UInt256, remainder: UInt64) {
        var remainder: UInt64 = 0
        func step(_ word: UInt64) -> UInt64 {
            let result = divisor.dividingFullWidth((remainder, word))
            remainder = result.remainder
            return result.quotient
        }
        let high = step(word0)
        let upper = step(word1)
        let next = step(word2)
        let low = step(word3)
        return (UInt256(high, upper, next, low), remainder)
    }
}
