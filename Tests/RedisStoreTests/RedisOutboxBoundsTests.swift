import Caching
import MintcacheTesting
import RedisStore
import Testing
import Tokens

extension RedisOutboxTests {
    private static let systemMilliseconds = RedisSharedCache.systemMilliseconds()

    private func numbersLeft(in outbox: RedisOutbox) async throws -> [UInt64] {
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await eventually("an empty outbox") { try await outbox.status().depth == 0 }
        await outbox.stop()
        await run.value
        return delivered.values.compactMap { UInt64($0.reference.token.decimal) }.sorted()
    }

    @Test("drops the oldest past its number of rows, and says so")
    func rowBound() async throws {
        try await enqueue(0..<40)
        let events = Collected<RedisOutbox.Event>()
        let outbox = outbox("one", { $0.bounds.rows = 32 }, onEvent: { events.append($0) })
        #expect(try await outbox.keepWithinBounds() == 10)
        #expect(try await outbox.keepWithinBounds() == 0)
        #expect(await outbox.statistics.dropped == 10)
        guard case .dropped(entries: 10) = events.values.first else {
            return #expect(Bool(false), "\(events.values)")
        }
        #expect(try await numbersLeft(in: outbox) == Array(10..<40))
    }

    @Test("drops the oldest past its size in Redis")
    func byteBound() async throws {
        for number in 0..<200 as Range<UInt64> {
            var large = try TokenRecord.sample(number)
            // Letters that compression makes little of.
            let noise = (0..<8000).map { _ in UInt8.random(in: UInt8(ascii: "A")...UInt8(ascii: "z")) }
            large.document = Array(#"{"name":""#.utf8) + noise.filter { $0 != UInt8(ascii: "\\") } + Array(#""}"#.utf8)
            try await cache.store(large, enqueueForArchive: true)
        }
        let outbox = outbox { $0.bounds.bytes = 500_000 }
        #expect(try await outbox.status().bytes > 1_000_000)
        let dropped = try await outbox.keepWithinBounds()
        #expect((100..<150).contains(dropped))
        #expect(try await outbox.status().bytes <= 500_000)
        #expect(try await numbersLeft(in: outbox) == Array(UInt64(dropped)..<200))
    }

    @Test("drops what waited longer than its age")
    func ageBound() async throws {
        try await enqueue(0..<5)
        let outbox = outbox { $0.bounds.age = .seconds(3600) }
        #expect(try await outbox.keepWithinBounds(at: Self.systemMilliseconds + 3_500_000) == 0)
        #expect(try await outbox.keepWithinBounds(at: Self.systemMilliseconds + 3_700_000) == 5)
        #expect(try await outbox.status().depth == 0)
    }

    @Test("stays within its bounds while the archive is away, and goes on with what is left")
    func boundedWhileStuck() async throws {
        try await enqueue(0..<20)
        let stuck = outbox("stuck") { $0.bounds.rows = 32 }
        let run = Task { await stuck.run { _ in throw Refusal() } }
        try await eventually("a refused batch") { await stuck.statistics.failedDeliveries > 0 }
        try await enqueue(20..<60)
        #expect(try await stuck.keepWithinBounds() == 30)
        await stuck.stop()
        await run.value
        let heir = outbox("stuck")
        #expect(try await numbersLeft(in: heir) == Array(30..<60))
        #expect(try await heir.status().pending == 0)
    }

    @Test("forgets consumers that were killed long ago, but none that holds entries")
    func forgottenConsumers() async throws {
        try await enqueue(0..<2)
        try await server.command("XGROUP", "CREATE", "test:outbox", "archive", "0")
        try await server.command("XGROUP", "CREATECONSUMER", "test:outbox", "archive", "killed")
        try await server.command(
            "XREADGROUP", "GROUP", "archive", "holding", "COUNT", "1", "STREAMS", "test:outbox", ">")
        let outbox = outbox {
            $0.forgetAfter = .zero
            $0.block = .milliseconds(20)
        }
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(1..<2)
        let consumers = try await server.command("XINFO", "CONSUMERS", "test:outbox", "archive")
        #expect(!consumers.contains("killed"))
        #expect(consumers.contains("holding"))
        await outbox.stop()
        await run.value
    }
}
