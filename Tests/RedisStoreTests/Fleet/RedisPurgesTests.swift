import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("Purges in Redis", .timeLimit(.minutes(1)))
struct RedisPurgesTests {
    private let bench: Workbench
    private let server: RedisServer
    private let client: RedisClient
    private let keys = RedisKeys(prefix: "t:")
    private let purges: RedisPurges

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        client = try bench.client(server.url)
        purges = RedisPurges(client: client, keys: keys)
    }

    private func order(
        _ scope: PurgeScope, isSoft: Bool = false, after known: UInt64 = 0
    ) async throws -> PurgeMark {
        try await purges.order(scope, isSoft: isSoft, after: known)
    }

    private func remembered() async throws -> Set<PurgeMark> { Set(try await purges.remembered().marks) }

    @Test("are numbered, remembered and announced in one step")
    func ordered() async throws {
        let channel = RedisFleetChannel(client: client, keys: keys)
        let events = Collected<FleetEvent>()
        let task = Task { await channel.listen { events.append($0) } }
        try await eventually("it listens") { events.values == [.caughtUp] }
        let first = try await order(.everything)
        let second = try await order(.url("/a?b=c d", route: "r"), isSoft: true)
        #expect(second.sequence > first.sequence)
        #expect(first.scope == .everything && !first.isSoft && second.isSoft)
        #expect(try await remembered() == [first, second])
        try await eventually("both are heard") { events.values.count == 3 }
        #expect(events.values.dropFirst() == [.announced(.purged(first)), .announced(.purged(second))])
        task.cancel()
        await task.value
        await client.close()
    }

    @Test("of one scope are the last hard and the last soft one")
    func replaced() async throws {
        _ = try await order(.tag("a"))
        let hard = try await order(.tag("a"))
        let soft = try await order(.tag("a"), isSoft: true)
        #expect(try await remembered() == [hard, soft])
        await client.close()
    }

    @Test("have numbers that grow though Redis has lost everything, and beyond what whoever orders knows")
    func growing() async throws {
        let first = try await order(.everything)
        try await server.command("FLUSHALL")
        let second = try await order(.everything, after: first.sequence)
        #expect(second.sequence > first.sequence)
        let known = second.sequence + 1_000_000_000
        #expect(try await order(.everything, after: known).sequence == known + 1)
        #expect(try await order(.everything).sequence == known + 2)
        await client.close()
    }

    @Test("make room for one another, except for what has been renewed meanwhile")
    func tidied() async throws {
        let (first, second) = (try await order(.tag("a")), try await order(.tag("b")))
        let renewed = try await order(.tag("b"))
        var replacement = PurgeMarks.Replacement()
        replacement.removed = [first, second]
        let wider = PurgeMark(sequence: second.sequence, scope: .route("r"), isSoft: true, moment: second.moment)
        replacement.added = [wider]
        try await purges.replace(replacement)
        #expect(try await remembered() == [renewed, wider])
        await client.close()
    }

    @Test("that are wider are no reason to forget a later one of the same scope")
    func widened() async throws {
        let token = try await order(.tag("a"))
        let later = try await order(.route("r"))
        var replacement = PurgeMarks.Replacement()
        replacement.removed = [token]
        replacement.added = [PurgeMark(sequence: token.sequence, scope: .route("r"), isSoft: false, moment: 1)]
        try await purges.replace(replacement)
        #expect(try await remembered() == [later])
        await client.close()
    }

    @Test("are read, put back and replaced in pieces, however many they are")
    func pieces() async throws {
        let many = (1...1700).map { number in
            PurgeMark(sequence: UInt64(number), scope: .tag("t\(number)"), isSoft: number % 2 == 0, moment: 5)
        }
        _ = try await purges.restore(many)
        #expect(try await remembered() == Set(many))
        try await server.command("CONFIG", "RESETSTAT")
        _ = try await purges.remembered()
        #expect(try await server.command("INFO", "commandstats").contains("cmdstat_hscan"))
        var replacement = PurgeMarks.Replacement()
        replacement.removed = many
        try await purges.replace(replacement)
        #expect(try await remembered().isEmpty)
        await client.close()
    }

    @Test("that are ordered while others are read count as read only when the reading began after them")
    func overtaken() async throws {
        let many = (1...1700).map { number in
            PurgeMark(sequence: UInt64(number), scope: .tag("t\(number)"), isSoft: false, moment: 5)
        }
        _ = try await purges.restore(many)
        try await server.command("CONFIG", "RESETSTAT")
        let proxy = try ChaosProxy(to: server.port)
        try proxy.set(.latency(.milliseconds(20)))
        let slow = try bench.client("redis://127.0.0.1:\(proxy.port)")
        let reading = Task { try await RedisPurges(client: slow, keys: keys).remembered() }
        try await eventually("the first piece is read") {
            try await server.command("INFO", "commandstats").contains("cmdstat_hscan")
        }
        var ordered: [PurgeMark] = []
        for number in 0..<40 { ordered.append(try await order(.tag("new \(number)"))) }
        let memory = try await reading.value
        let read = Set(memory.marks)
        #expect(read.isSuperset(of: many))
        #expect(memory.sequence >= 1700)
        #expect(ordered.allSatisfy { read.contains($0) || $0.sequence > memory.sequence })
        #expect(try await purges.remembered().sequence == ordered.last?.sequence)
        await slow.close()
        await client.close()
    }

    @Test("have a generation, which is another one when they are lost or put back, and lasts otherwise")
    func generations() async throws {
        #expect(try await purges.remembered() == PurgeMemory(marks: [], generation: nil, sequence: 0))
        let mark = try await order(.everything)
        let first = try #require(try await purges.remembered().generation)
        let instances = RedisInstances(client: client, keys: keys)
        #expect(try await instances.beat(as: "a").purgeGeneration == first)
        _ = try await order(.tag("a"))
        #expect(try await purges.remembered().generation == first)
        try await server.command("DEL", keys.purges)
        #expect(try await instances.beat(as: "a").purgeGeneration == nil)
        let restored = try await purges.restore([mark])
        #expect(restored != first)
        let memory = PurgeMemory(marks: [mark], generation: restored, sequence: mark.sequence)
        #expect(try await purges.remembered() == memory)
        #expect(try await instances.beat(as: "a").purgeGeneration == restored)
        await client.close()
    }

    @Test("are put back when they are lost, but never in place of later ones")
    func restored() async throws {
        let (first, second) = (try await order(.tag("a")), try await order(.tag("b"), isSoft: true))
        try await server.command("FLUSHALL")
        let later = try await order(.tag("a"), after: second.sequence)
        _ = try await purges.restore([first, second])
        #expect(try await remembered() == [later, second])
        #expect(try await order(.tag("c")).sequence > later.sequence)
        await client.close()
    }

    @Test("that only a newer release understands are purges of everything")
    func newer() async throws {
        try await server.command("HSET", keys.purges, "soft galaxy x", "7 8", "colour", "gold", "hard tag a", "many")
        let everything = PurgeMark(sequence: 7, scope: .everything, isSoft: false, moment: 8)
        #expect(try await remembered() == [everything])
        await client.close()
    }

    @Test("are refused with the reason while Redis is away")
    func away() async throws {
        try await server.stop()
        await #expect(throws: StoreError.self) { try await order(.everything) }
        await client.close()
    }
}
