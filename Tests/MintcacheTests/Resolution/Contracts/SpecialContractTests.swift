import Testing
import Tokens

@testable import Mintcache

@Suite struct `The table of special contracts` {
    private static let storefront = "0x495f947276749Ce646f68AC8c248420045cb7b5e"

    private func contracts(_ yaml: String = "") throws -> SpecialContracts {
        let chains = "chains: { ethereum: { id: 1, rpc: [\"https://rpc.example\"] } }\n"
        return SpecialContracts(try configuration(chains + yaml).configuration)
    }

    private func token(_ contract: String, _ number: UInt64 = 258, chain: UInt64 = 1) throws -> TokenReference {
        TokenReference(
            chain: ChainIdentifier(eip155: chain), contract: try ContractAddress(parsing: contract),
            token: TokenIdentifier(number))
    }

    private func uri(_ table: SpecialContracts, _ reference: TokenReference) -> String? {
        guard case .uri(let template)? = table[reference]?.way else { return nil }
        return SpecialContract.uri(template, of: reference)
    }

    @Test(arguments: [
        (
            "0x06012c8cf97BEaD5deAe237070F9587f8E7A266d", TokenStandard.erc721,
            "https://api.cryptokitties.co/kitties/258"
        ),
        (
            "0x57f1887a8BF19b14fC0dF6Fd9B2acc9Af147eA85", .erc721,
            "https://metadata.ens.domains/mainnet/0x57f1887a8bf19b14fc0df6fd9b2acc9af147ea85/258"
        ),
        (
            "0xD4416b13d2b3a9aBae7AcD5D6C2BbDBE25686401", .erc1155,
            "https://metadata.ens.domains/mainnet/0xd4416b13d2b3a9abae7acd5d6c2bbdbe25686401/258"
        ),
    ])
    func `knows where the tokens are described`(contract: String, standard: TokenStandard, expected: String) throws {
        let reference = try token(contract)
        #expect(uri(try contracts(), reference) == expected)
        #expect(try contracts()[reference]?.standard == standard)
        #expect(try contracts()[token(contract, chain: 5)] == nil)
    }

    @Test func `E-84 has the shared storefront asked, whose 0x{id} becomes a hexadecimal number`() throws {
        let reference = try token(Self.storefront)
        guard case .contract? = try contracts()[reference]?.way else {
            Issue.record("not asked")
            return
        }
        #expect(try contracts()[reference]?.standard == .erc1155)
        let text = "https://api.opensea.io/api/v1/metadata/\(Self.storefront)/0x{id}"
        let expected =
            "https://api.opensea.io/api/v1/metadata/\(Self.storefront)/0x" + String(repeating: "0", count: 61) + "102"
        #expect(TokenURI(parsing: text, for: reference.token) == .http(expected))
    }

    @Test func `takes entries of the configuration, which win`() throws {
        let yaml = """
            special_contracts:
              - { chain: ethereum, contract: "\(Self.storefront)", uri: "https://mine.example/{contract}/{id}" }
            """
        let reference = try token(Self.storefront)
        #expect(uri(try contracts(yaml), reference) == "https://mine.example/\(Self.storefront.lowercased())/{id}")
        #expect(try contracts(yaml)[reference]?.standard == nil)
    }

    @Test(arguments: [
        ("chain: nowhere, contract: \"\(storefront)\", uri: \"https://h/{id}\"", "must name a chain of this file"),
        ("chain: ethereum, contract: \"0x12\", uri: \"https://h/{id}\"", "must be a contract address"),
        ("chain: ethereum, contract: \"\(storefront)\", uri: \"https://h/x\"", "{token_id} or {id} in it"),
        ("chain: ethereum, contract: \"\(storefront)\"", "{token_id} or {id} in it"),
        ("chain: ethereum, contract: \"\(storefront)\", uri: \"https://h/{id}\", standard: erc20", "must be one of"),
    ])
    func `refuses entries that cannot work`(entry: String, message: String) {
        let chains = "chains: { ethereum: { id: 1, rpc: [\"https://rpc.example\"] } }\n"
        let found = problems(chains + "special_contracts:\n  - { \(entry) }\n")
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }
}
