import Caching
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("The moment at which a block was read first", .timeLimit(.minutes(1)))
struct RedisEventMomentsTests {
    private let server: RedisServer
    private let bench: Workbench
    /// Two instances.
    private let here: RedisEventMoments
    private let there: RedisEventMoments
    private let chain = ChainIdentifier(eip155: 1)
    private let first = UInt256(1)
    private let second = UInt256(2)

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        let keys = RedisKeys(prefix: "test:")
        here = RedisEventMoments(client: try bench.client(server.url), keys: keys)
        there = RedisEventMoments(client: try bench.client(server.url), keys: keys)
    }

    @Test("is the same for all instances, whatever their clocks say")
    func agreement() async throws {
        #expect(try await here.firstReading(of: [first], on: chain, at: 1000) == [first: 1000])
        #expect(try await there.firstReading(of: [second, first], on: chain, at: 2000) == [first: 1000, second: 2000])
        #expect(try await here.firstReading(of: [first, second], on: chain, at: 500) == [first: 1000, second: 2000])
    }

    @Test("is another one on another chain, and forgotten after a while")
    func scope() async throws {
        _ = try await here.firstReading(of: [first], on: chain, at: 1000)
        let other = ChainIdentifier(eip155: 2)
        #expect(try await there.firstReading(of: [first], on: other, at: 2000) == [first: 2000])
        let key = RedisKeys(prefix: "test:").firstReading(of: first, on: chain)
        #expect(try #require(Int(try await server.command("PTTL", key))) > 0)
    }

    @Test("cannot be had without Redis")
    func outage() async throws {
        try await server.stop()
        await #expect(throws: StoreError.self) { try await here.firstReading(of: [first], on: chain, at: 1000) }
    }
}
