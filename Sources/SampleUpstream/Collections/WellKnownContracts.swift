import Tokens

/// The fixed addresses of the bundled collections, in the checksummed form of EIP-55.
enum WellKnownContracts {
    static let orchard = address("0xccAF9855650Ffe6522992BFf52E420D656ABe29a")
    static let grove = address("0x0C25496487B8b012C2B2f99e70c7EcDA8c960593")
    static let driftwood = address("0x8957cdb813B75231De2471c2E705A2C8f33a9715")
    static let inkwell = address("0x1bc6A493F365769Edd5B3AeF1Fffd031d74096c0")
    static let bazaar = address("0x71091403310114D47f732565628A66de558278a3")
    static let ember = address("0xF7aE9BE75d7A3cD344950f1C1A84fe2830140a02")
    static let lantern = address("0x7eED2EF1198FDdAfdE931823BAddA8F0C86b272d")
    static let vitrine = address("0xB1a5d0C3E6f94ab8d72E5F10C93b64ea2D8f7C05")
    static let oddities = address("0x5e1f0bd6a2c3e4f5061728394a5b6c7d8e9fa0b1")
    static let specimens = address("0x6f2a1ce7b3d4f5a6172839405b6c7d8e9fa0b1c2")
    static let chimera = address("0x1d0c8b3b5a2f4e6d7c8b9a0f1e2d3c4b5a697887")
    static let polyglot = address("0x2e1d9c4c6b3a5f7e8d9cab1a2f3e4d5c6b7a8998")
    static let braggart = address("0x3f2eadad7c4b6a8f9eadbc2b3a4f5e6d7c8b9aa9")
    static let relic = address("0x4a3fbebe8d5c7b9aafbecd3c4b5a6f7e8d9cabba")
    static let multicall = address("0xcA11bde05977b3631167028862bE2a173976CA11")
    static let wallet = address("0x5b4acfcf9e6d8cabb0cfde4d5c6b7a8f9daecbcb")
    static let counterfactualWallet = address("0x6c5bd0d0af7e9dbcc1d0ef5e6d7c8b90aebfdcdc")
    static let walletFactory = address("0x7d6ce1e1b08faecdd2e1f06f7e8d9ca1bfc0eded")
    /// The contract that keeps CryptoPunks' data, where it is on Ethereum.
    static let punkData = address("0x16F5A35647D6F03D5D3da7b35409D65ba03aF3B2")

    private static func address(_ text: String) -> ContractAddress {
        do {
            return try ContractAddress(parsing: text)
        } catch {
            preconditionFailure("The address \(text) of a bundled collection is wrong: \(error)")
        }
    }
}
