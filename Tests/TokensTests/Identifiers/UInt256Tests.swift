import Testing
import Tokens

@Suite("256-bit integers")
struct UInt256Tests {
    private static let maximum = "115792089237316195423570985008687907853269984665640564039457584007913129639935"

    @Test("print and read the extremes")
    func extremes() {
        #expect(UInt256.max.decimal == Self.maximum)
        #expect(UInt256.zero.decimal == "0")
        #expect(decimal(Self.maximum) == .max)
        #expect(decimal((Self.maximum.dropLast() + "6")) == nil)
        #expect(decimal(("1" + String(repeating: "0", count: 78))) == nil)
    }

    @Test("survive decimal, hexadecimal and binary round trips")
    func roundTrips() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let words = (0..<4).map { _ in Bool.random(using: &generator) ? generator.next() : 0 }
            let value = UInt256(words[0], words[1], words[2], words[3])
            #expect(decimal(value.decimal) == value)
            #expect(hexadecimal(value.paddedHex) == value)
            #expect(value.bigEndianBytes.count == 32)
            #expect(text(value.paddedHex.utf8) == value.bigEndianBytes.map(Self.hex).joined())
        }
    }

    @Test("print powers of ten without losing zeros")
    func powersOfTen() {
        var digits = "1"
        for _ in 0..<77 {
            digits += "0"
            #expect(decimal(digits)?.decimal == digits)
        }
    }

    @Test("add with carry and notice overflow")
    func addition() {
        #expect(UInt256(0, 0, .max, .max).adding(1) == UInt256(0, 1, 0, 0))
        #expect(UInt256.max.adding(1) == nil)
        #expect(UInt256.max.adding(0) == .max)
    }

    @Test("order by value")
    func order() {
        #expect(UInt256(1, 0, 0, 0) > UInt256(0, .max, .max, .max))
        #expect(UInt256(9) < UInt256(10))
        #expect(!(UInt256(9) < UInt256(9)))
    }

    private func decimal(_ digits: String) -> UInt256? {
        let bytes = Array(digits.utf8)
        return UInt256(decimalDigits: bytes.span)
    }

    private func hexadecimal(_ digits: String) -> UInt256? {
        let bytes = Array(digits.utf8)
        return UInt256(hexDigits: bytes.span)
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
