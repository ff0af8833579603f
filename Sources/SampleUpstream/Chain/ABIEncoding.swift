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

    /// `(bool success, bytes returnData)[]`, what Multicall3 returns.
    static func results(_ results: [(isSuccess: Bool, data: [UInt8])]) -> [UInt8] {
        let elements = results.map { result in
            let content = string(result.data).dropFirst(wordLength)
            return boolean(result.isSuccess) + word(UInt64(2 * wordLength)) + content
        }
        var output = word(UInt64(wordLength)) + word(UInt64(elements.count))
        var offset = elements.count * wordLength
        for element in elements {
            output.append(contentsOf: word(UInt64(offset)))
            offset += element.count
        }
        for element in elements { output.append(contentsOf: element) }
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
