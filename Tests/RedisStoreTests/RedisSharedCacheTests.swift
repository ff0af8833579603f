import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("The shared cache in Redis", .timeLimit(.minutes(1)))
struct RedisSharedCacheTests {
    private static let now: Int64 = 1_700_000_000_000
    private let bench: Workbench
    private let server: RedisServer
    private let client: RedisClient
    private let cache: RedisSharedCache
    private let keys = RedisKeys(prefix: "test:")

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        client = try bench.client(server.url)
        cache = RedisSharedCache(client: client, keys: keys, milliseconds: { Self.now })
    }

    @Test("gives back what was stored, under a readable name, for as long as it is fresh")
    func roundTrip() async throws {
        let record = try TokenRecord.sample(7, lifetime: 90_000)
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == nil)
        try await cache.store(record, enqueueForArchive: false)
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == record)
        let key = "test:t:{eip155:1/0x00000000000000000000000000000000000000aa/7}"
        let lifetime = try #require(Int64(try await server.command("PTTL", key)))
        #expect((80_000...90_000).contains(lifetime))
        #expect(try await server.command("EXISTS", "test:outbox") == "0")
        try await cache.forget(record.reference)
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == nil)
    }

    @Test("takes what another tier offers when it holds nothing, and keeps what it holds")
    func offered() async throws {
        let old = try TokenRecord.sample(7, fetchedAt: Self.now - 1000)
        let new = try TokenRecord.sample(7, fetchedAt: Self.now)
        try await cache.offer(old)
        #expect(try await cache.record(for: old.reference, within: .seconds(1)) == old)
        try await cache.store(new, enqueueForArchive: false)
        try await cache.offer(old)
        #expect(try await cache.record(for: old.reference, within: .seconds(1)) == new)
        #expect(try await server.command("EXISTS", "test:outbox") == "0")
    }

    @Test("keeps a record that is stale already for a second, and none for ever", arguments: [-5000, 0, Int64.max / 2])
    func lifetimes(lifetime: Int64) async throws {
        let record = try TokenRecord.sample(1, lifetime: lifetime)
        try await cache.store(record, enqueueForArchive: false)
        let left = try #require(Int64(try await server.command("PTTL", keys.record(of: record.reference))))
        #expect(left > 0)
        #expect(lifetime > 0 || left <= 1000)
    }

    @Test("puts a record on the way to the archive together with storing it")
    func outbox() async throws {
        let record = try TokenRecord.sample(2)
        try await cache.store(record, enqueueForArchive: true)
        #expect(try await server.command("XLEN", "test:outbox") == "1")
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == record)
    }

    @Test("takes a damaged value, another token's and one of another type for none, and deletes them")
    func unreadable() async throws {
        let record = try TokenRecord.sample(3)
        let key = keys.record(of: record.reference)
        var damaged = RecordCoding.encode(record)
        damaged[damaged.count / 2] ^= 1
        let other = RecordCoding.encode(try TokenRecord.sample(4))
        for command in [
            RedisCommand("SET", key).with(damaged), RedisCommand("SET", key).with(other), RedisCommand("SET", key, ""),
            RedisCommand("LPUSH", key, "x"),
        ] {
            _ = try await client.run(command)
            #expect(try await cache.record(for: record.reference, within: .seconds(1)) == nil)
            #expect(try await server.command("EXISTS", key) == "0")
        }
        #expect(await cache.statistics.unreadable == 4)
    }

    @Test("leaves a record of another release alone")
    func otherRelease() async throws {
        let record = try TokenRecord.sample(3)
        let key = keys.record(of: record.reference)
        var bytes = RecordCoding.encode(record)
        bytes[2] = 200
        _ = try await client.run(RedisCommand("SET", key).with(bytes))
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == nil)
        #expect(try await server.command("EXISTS", key) == "1")
    }

    @Test("goes on reading when Redis has no memory for more")
    func outOfMemory() async throws {
        let record = try TokenRecord.sample(5)
        try await cache.store(record, enqueueForArchive: false)
        try await server.command("CONFIG", "SET", "maxmemory", "1")
        let error = await #expect(throws: StoreError.self) {
            try await cache.store(try TokenRecord.sample(6), enqueueForArchive: true)
        }
        #expect(error?.kind == .overloaded)
        #expect(try await cache.record(for: record.reference, within: .seconds(1)) == record)
        #expect(await cache.isReachable)
        #expect(await cache.statistics.refusedForMemory == 1)
        try await server.command("CONFIG", "SET", "maxmemory", "0")
        try await cache.store(try TokenRecord.sample(6), enqueueForArchive: true)
    }

    @Test("says why it cannot answer")
    func failures() async throws {
        let record = try TokenRecord.sample(5)
        try await cache.store(record, enqueueForArchive: false)
        server.freeze()
        let slow = await #expect(throws: StoreError.self) {
            try await cache.record(for: record.reference, within: .milliseconds(50))
        }
        #expect(slow?.kind == .timeout)
        try await server.kill()
        try await eventually("the connection is lost") { await !cache.isReachable }
        let gone = await #expect(throws: StoreError.self) {
            try await cache.record(for: record.reference, within: .seconds(1))
        }
        #expect(gone?.kind == .unreachable)
        await cache.close()
    }
}
