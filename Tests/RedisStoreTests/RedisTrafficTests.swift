import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("What a Redis client puts on the wire", .serialized, .timeLimit(.minutes(2)))
struct RedisTrafficTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    @Test("sends a thousand look-ups of a batch in few writes over one connection")
    func gathering() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)")
        let keys = RedisKeys(prefix: "mintcache:")
        let cache = RedisSharedCache(client: client, keys: keys, milliseconds: { 1_700_000_000_000 })
        let records = try (0..<1000).map { try TokenRecord.sample($0) }
        for record in records.prefix(10) { try await cache.store(record, enqueueForArchive: false) }
        let before = proxy.requestPieceCount
        let found = try await withThrowingTaskGroup(of: TokenRecord?.self) { group in
            for record in records {
                group.addTask(executorPreference: bench.loop) {
                    try await cache.record(for: record.reference, within: .seconds(5))
                }
            }
            return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(found.count == 10)
        // A hundred kilobytes, which the proxy reads by sixteen.
        #expect(proxy.requestPieceCount - before <= 30)
        #expect(proxy.connectionCount == 1)
        await client.close()
    }

    @Test("keeps large values off the connection that small ones use")
    func largeValues() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .seconds(20) }
        let value = [UInt8](repeating: 7, count: 1 << 20)
        #expect(try await client.run(RedisCommand("SET", "large").with(value)) == .status("OK"))
        #expect(try await client.run(RedisCommand("SET", "small", "s")) == .status("OK"))
        #expect(proxy.connectionCount == 2)
        // The first reading finds out that the value is large; from then on it has its own way.
        #expect(try await client.run(RedisCommand("GET", "large")) == .bulk(value))
        try proxy.set(.latency(.milliseconds(10)))
        let order = Collected<String>()
        let commands = await client.statistics.commands
        let large = Task {
            let reply = try await client.run(RedisCommand("GET", "large"))
            order.append("large")
            return reply
        }
        try await eventually("the large one is asked for") { await client.statistics.commands > commands }
        #expect(try await client.run(RedisCommand("GET", "small")).text == "s")
        order.append("small")
        #expect(try await large.value == .bulk(value))
        #expect(order.values == ["small", "large"])
        #expect(proxy.connectionCount == 2)
        await client.close()
    }

    @Test("uses the one connection for large values, too, where the server has no place for another")
    func noPlace() async throws {
        var options = RedisServer.Options()
        options.configuration = ["maxclients 1"]
        let server = try await RedisServer.start(options)
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        let value = [UInt8](repeating: 7, count: 1 << 20)
        await #expect(throws: RedisError.turnedAway) { try await client.run(RedisCommand("SET", "large").with(value)) }
        #expect(try await client.run(RedisCommand("SET", "large").with(value)) == .status("OK"))
        await client.close()
    }
}
