/// The octets that HTTP's grammar names, and comparisons that ignore the case of ASCII letters only.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let cr: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let comma: UInt8 = 0x2C
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let backslash: UInt8 = 0x5C
    static let delete: UInt8 = 0x7F

    /// tchar of RFC 9110 section 5.6.2: two words with a bit for each of the first 128 codes.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    @inline(__always)
    static func isToken(_ octet: UInt8) -> Bool {
        let word = octet < 64 ? tokenLow : tokenHigh
        return octet < 128 && (word >> UInt64(octet & 63)) & 1 == 1
    }

    @inline(__always)
    static func isDigit(_ octet: UInt8) -> Bool {
        octet &- zero < 10
    }

    /// The value of a hexadecimal digit.
    @inline(__always)
    static func hexValue(_ octet: UInt8) -> UInt8? {
        if isDigit(octet) { return octet &- zero }
        let letter = (octet | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    static func lowercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }

    static func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
    }

    static func equalIgnoringCase(_ octets: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard octets.count == name.utf8CodeUnitCount else { return false }
        let expected = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return octets.elementsEqual(expected) { lowercased($0) == lowercased($1) }
    }
}
