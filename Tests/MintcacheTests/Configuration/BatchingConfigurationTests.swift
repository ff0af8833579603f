import EventLoops
import Testing
import Tokens

@testable import Mintcache

@Suite struct `Gathering calls of a chain` {
    private static func batching(_ keys: String) throws -> Configuration.Batching {
        let loaded = try configuration("chains: { one: { id: 1, rpc: [\"https://rpc.example\"]\(keys) } }")
        return try #require(loaded.configuration.chains.first).batching
    }

    @Test func `has defaults that most endpoints take`() throws {
        let batching = try Self.batching("")
        #expect(batching == Configuration.Batching())
        #expect(batching.mode == .rpc && batching.window == .milliseconds(2) && batching.size == 128)
        #expect(batching.multicall.checksummed == "0xcA11bde05977b3631167028862bE2a173976CA11")
    }

    @Test func `reads its keys`() throws {
        let other = "0x00000000000000000000000000000000000000aa"
        let keys = ", batch: multicall, batch_window: 5ms, batch_size: 250, multicall: \"\(other)\""
        let batching = try Self.batching(keys)
        #expect(batching.mode == .multicall && batching.window == .milliseconds(5) && batching.effectiveSize == 250)
        #expect(batching.multicall.lowercase == other)
        #expect(try Self.batching(", batch: off").effectiveSize == 1)
    }

    @Test(arguments: [
        ("batch: sometimes", "must be one of: rpc, multicall, off"), ("batch_window: 2s", "must be at most 1s"),
        ("batch_size: 0", "must be a whole number from 1 to 1000"), ("multicall: here", "must be a contract address"),
    ])
    func `refuses what cannot be`(key: String, message: String) {
        let found = problems("chains: { one: { id: 1, rpc: [\"https://rpc.example\"], \(key) } }")
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }
}
