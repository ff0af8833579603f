import Tokens

/// A contract whose tokens are not described where its standard says.
struct SpecialContract: Sendable {
    enum Way: Sendable {
        /// The URI of each token's document. `{token_id}` stands for the decimal number, `{contract}` for the address
        /// in lower case, and `{id}`, as everywhere, for the number in 64 hexadecimal digits.
        case uri(String)
        /// The two parts of each document are kept in another contract.
        case cryptoPunks(data: ContractAddress)
        /// The contract is asked like any other; only its standard is known beforehand.
        case contract
    }

    let way: Way
    let standard: TokenStandard?

    /// The URI of one token's document.
    static func uri(_ template: String, of reference: TokenReference) -> String {
        template.replacing("{token_id}", with: reference.token.decimal)
            .replacing("{contract}", with: reference.contract.lowercase)
    }
}

/// The special contracts that are known, as one table: those that came before the standards or keep aside from them,
/// and those of the configuration, which win.
struct SpecialContracts: Sendable {
    private let table: [CollectionKey: SpecialContract]

    init(_ configuration: Configuration) {
        var table = Dictionary(uniqueKeysWithValues: Self.builtIn)
        for entry in configuration.specialContracts {
            guard let chain = configuration.chains.first(where: { $0.name == entry.chain }),
                let contract = try? ContractAddress(parsing: entry.contract)
            else { continue }
            let key = CollectionKey(chain: ChainIdentifier(eip155: chain.id), contract: contract)
            table[key] = SpecialContract(way: .uri(entry.uri), standard: entry.standard)
        }
        self.table = table
    }

    subscript(reference: TokenReference) -> SpecialContract? {
        table[CollectionKey(chain: reference.chain, contract: reference.contract)]
    }

    /// Ethereum's.
    private static let builtIn: [(CollectionKey, SpecialContract)] = [
        // CryptoPunks, older than any standard.
        entry(
            "0xb47e3cd837dDF8e4c57F05d70Ab865de6e193BBB",
            .cryptoPunks(data: address("0x16F5A35647D6F03D5D3da7b35409D65ba03aF3B2")), nil),
        // CryptoKitties, older than ERC-721's metadata extension.
        entry(
            "0x06012c8cf97BEaD5deAe237070F9587f8E7A266d", .uri("https://api.cryptokitties.co/kitties/{token_id}"),
            .erc721),
        // The registrar of ENS has no tokenURI; its service answers for it, and for the wrapper of names.
        entry("0x57f1887a8BF19b14fC0dF6Fd9B2acc9Af147eA85", .uri(ensMetadata), .erc721),
        entry("0xD4416b13d2b3a9aBae7AcD5D6C2BbDBE25686401", .uri(ensMetadata), .erc1155),
        // OpenSea's shared storefront: its URI has 0x{id} in it, which is filled in like {id}.
        entry("0x495f947276749Ce646f68AC8c248420045cb7b5e", .contract, .erc1155),
    ]

    private static let ensMetadata = "https://metadata.ens.domains/mainnet/{contract}/{token_id}"

    private static func entry(
        _ contract: String, _ way: SpecialContract.Way, _ standard: TokenStandard?
    ) -> (CollectionKey, SpecialContract) {
        let key = CollectionKey(chain: ChainIdentifier(eip155: 1), contract: address(contract))
        return (key, SpecialContract(way: way, standard: standard))
    }

    private static func address(_ text: String) -> ContractAddress {
        do {
            return try ContractAddress(parsing: text)
        } catch {
            preconditionFailure("The address \(text) of a special contract is wrong: \(error)")
        }
    }
}
