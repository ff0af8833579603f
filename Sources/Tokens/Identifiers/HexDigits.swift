/// The value of a hexadecimal digit in ASCII, either case.
@inlinable
func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit &- 0x30
    case 0x61...0x66: digit &- 0x61 &+ 10
    case 0x41...0x46: digit &- 0x41 &+ 10
    default: nil
    }
}

/// The lower-case ASCII digit of a nibble; the upper four bits are ignored.
@inlinable
func hexDigit(_ nibble: UInt8) -> UInt8 {
    let value = nibble & 0x0F
    return value < 10 ? value &+ 0x30 : value &- 10 &+ 0x61
}

extension [UInt8] {
    /// Appends two lower-case hexadecimal digits for each byte.
    mutating func appendHex(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            append(hexDigit(byte >> 4))
            append(hexDigit(byte))
        }
    }
}

/// A printable rendering of one input byte for error messages.
func describe(_ byte: UInt8) -> String {
    guard byte > 0x20, byte < 0x7F else {
        var text: [UInt8] = []
        text.appendHex(CollectionOfOne(byte))
        return "byte 0x" + String(decoding: text, as: UTF8.self)
    }
    return "'" + String(UnicodeScalar(byte)) + "'"
}
