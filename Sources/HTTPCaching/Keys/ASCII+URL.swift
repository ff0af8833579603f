/// The bytes that URLs are written with.
extension ASCII {
    static let percent: UInt8 = 0x25
    static let ampersand: UInt8 = 0x26
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let question: UInt8 = 0x3F
    static let openBracket: UInt8 = 0x5B
    static let closeBracket: UInt8 = 0x5D
}
