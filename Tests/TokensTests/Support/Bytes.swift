import Tokens

/// The bytes of hexadecimal digits; test data only.
func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8.filter { $0 != 0x20 && $0 != 0x0A })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
}

extension TokenReference {
    /// A token of a made-up contract.
    static func sample(_ token: UInt64 = 1) throws -> TokenReference {
        TokenReference(
            chain: ChainIdentifier(eip155: 1),
            contract: try ContractAddress(parsing: "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"),
            token: TokenIdentifier(token)
        )
    }
}
