import Testing
import Tokens

@testable import Mintcache

@Suite struct `Who and what the drop-in paths know` {
    private static let configured = [
        Configuration.Chain(name: "ethereum", id: 1, rpc: []), Configuration.Chain(name: "demo", id: 31_337, rpc: []),
        Configuration.Chain(name: "matic", id: 8453, rpc: []),
    ]

    @Test func `a provider's name for a chain leads to the one configured with its number`() {
        let names = ChainNames(AlchemyNetworks.names, Self.configured)
        #expect(names["eth-mainnet"] == ChainIdentifier(eip155: 1))
        #expect(names["base-mainnet"] == ChainIdentifier(eip155: 8453))
        #expect(names["polygon-mainnet"] == nil)
    }

    @Test func `a chain's own name is known too, unless it is one of the provider's`() {
        let alchemy = ChainNames(AlchemyNetworks.names, Self.configured)
        #expect(alchemy["demo"] == ChainIdentifier(eip155: 31_337))
        #expect(alchemy["matic"] == ChainIdentifier(eip155: 8453))
        let openSea = ChainNames(OpenSeaChains.names, Self.configured)
        #expect(openSea["matic"] == nil)
        #expect(openSea["base"] == ChainIdentifier(eip155: 8453))
        #expect(openSea.list == "base, demo, ethereum")
    }

    @Test func `no name stands for two chains`() {
        for names in [AlchemyNetworks.names, OpenSeaChains.names] {
            #expect(Set(names.map(\.name)).count == names.count)
        }
        #expect(Set(AlchemyNetworks.names.map(\.chain)).count == AlchemyNetworks.names.count)
    }

    @Test(
        arguments: [
            ("eth-mainnet", 1), ("polygon-mainnet", 137), ("base-mainnet", 8453), ("arb-mainnet", 42_161),
            ("opt-mainnet", 10), ("zksync-mainnet", 324), ("eth-sepolia", 11_155_111),
        ] as [(String, UInt64)]) func `Alchemy's names have their numbers`(name: String, number: UInt64)
    {
        #expect(AlchemyNetworks.names.first { $0.name == name }?.chain == number)
    }

    @Test(
        arguments: [
            ("ethereum", 1), ("matic", 137), ("polygon", 137), ("base", 8453), ("arbitrum", 42_161), ("optimism", 10),
            ("zora", 7_777_777), ("avalanche", 43_114),
        ] as [(String, UInt64)]) func `OpenSea's names have their numbers`(name: String, number: UInt64)
    {
        #expect(OpenSeaChains.names.first { $0.name == name }?.chain == number)
    }

    @Test func `without keys everybody is let in, with keys only who has one`() {
        let open = ClientKeys([])
        #expect(open.accept("anything"))
        #expect(open.accept(nil))
        let closed = ClientKeys(["first-key", "second-key"])
        #expect(closed.accept("first-key"))
        #expect(closed.accept("second-key"))
        for wrong in ["first-ke", "first-key ", "", nil] { #expect(!closed.accept(wrong)) }
    }

    @Test func `keys are masked where the configuration is shown, and must fit into a path`() throws {
        let loaded = try configuration("drop_in: { keys: [secret-one, secret-two] }")
        #expect(loaded.configuration.dropIn.keys == ["secret-one", "secret-two"])
        #expect(!loaded.effective.contains("secret"))
        for key in ["\"\"", "a/b", "a b", "ä"] {
            let found = problems("drop_in: { keys: [\(key)] }")
            #expect(found == ["m.yaml:1:18: drop_in.keys: each key must be letters, digits and -._~"], "\(key)")
        }
    }

    @Test func `a query is read as a form is`() {
        let query = QueryParameters("a=1&b=x%20y+z&a=2&c=&d&%65=%zz&f=%41%")
        #expect(query["a"] == "1")
        #expect(query["b"] == "x y z")
        #expect(query["c"] == nil)
        #expect(query["d"] == nil)
        #expect(query["e"] == "%zz")
        #expect(query["f"] == "A%")
        #expect(QueryParameters(nil)["a"] == nil)
    }
}
