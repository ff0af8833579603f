import Tokens

/// Encodes what a contract returns or reverts with, as the Solidity ABI lays it out.
enum ABIEncoding {
    private static let wordLength = 32

    /// `uint256`.
    static func word(_ value: UInt64) -> [UInt8] {
        UInt256(value).bigEndianBytes
    }

    /// `bool`.
    static func boolean(_ value: Bool) -> [UInt8] {
        word(value ? 1 : 0)
    }

    /// One `string` or `bytes`: its offset, its length, and the bytes padded to whole words.
    static func string(_ text: some Collection<UInt8>) -> [UInt8] {
        var output = word(UInt64(wordLength)) + word(UInt64(text.count))
        output.append(contentsOf: text)
        let excess = output.count % wordLength
        if excess > 0 { output.append(contentsOf: repeatElement(0, count: wordLength - excess)) }
        return output
    }

    /// `Error(string)`, what `require` and `revert` with a reason produce.
    static func failure(reason: String) -> [UInt8] {
        [0x08, 0xC3, 0x79, 0xA0] + string(reason.utf8)
    }

    /// `ERC721NonexistentToken(uint256)` of ERC-6093.
    static func nonexistentToken(_ token: TokenIdentifier) -> [UInt8] {
        [0x7E, 0x27, 0x32, 0x89] + token.bigEndianBytes
    }
}
