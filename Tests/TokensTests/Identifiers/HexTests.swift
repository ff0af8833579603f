import Testing
import Tokens

@Suite struct `Hexadecimal digits` {
    @Test(arguments: [([], ""), ([0x00, 0x0F, 0xA5, 0xFF], "000fa5ff")] as [([UInt8], String)])
    func `stand for bytes, in lower case`(_ bytes: [UInt8], _ text: String) {
        #expect(Hex.text(bytes) == text)
        #expect(Hex.bytes(text[...], allowsCapitals: false) == bytes)
    }

    @Test func `are read in capitals where those are allowed`() {
        #expect(Hex.bytes("0Fa5FF") == [0x0F, 0xA5, 0xFF])
        #expect(Hex.bytes("0Fa5FF", allowsCapitals: false) == nil)
        #expect(Hex.bytes("09", allowsCapitals: false) == [0x09])
    }

    @Test(arguments: ["0", "0g", "0x", " 0", "\u{FF10}0", "\u{0}0"]) func `come in pairs, and are nothing else`(
        _ text: String
    ) {
        #expect(Hex.bytes(text[...]) == nil)
    }
}
