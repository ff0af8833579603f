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
        _ scope: PurgeScope, isSoft: Bool = false, after known: UInt64 = 0,
        _ replacement: PurgeMarks.Replacement = .init()
    ) async throws -> PurgeMark {
        try await purges.order(scope, isSoft: isSoft, after: known, replacement)
    }

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
        let marks = try await purges.remembered()
        #expect(Set(marks) == [first, second])
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
        #expect(Set(try await purges.remembered()) == [hard, soft])
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
        let third = try await order(.tag("c"), replacement)
        #expect(Set(try await purges.remembered()) == [renewed, wider, third])
        await client.close()
    }

    @Test("are put back when they are lost, but never in place of later ones")
    func restored() async throws {
        let (first, second) = (try await order(.tag("a")), try await order(.tag("b"), isSoft: true))
        try await server.command("FLUSHALL")
        let later = try await order(.tag("a"), after: second.sequence)
        try await purges.restore([first, second])
        #expect(Set(try await purges.remembered()) == [later, second])
        #expect(try await order(.tag("c")).sequence > later.sequence)
        await client.close()
    }

    @Test("that only a newer release understands are purges of everything")
    func newer() async throws {
        try await server.command("HSET", keys.purges, "soft galaxy x", "7 8", "colour", "gold", "hard tag a", "many")
        let everything = PurgeMark(sequence: 7, scope: .everything, isSoft: false, moment: 8)
        #expect(try await purges.remembered() == [everything])
        await client.close()
    }

    @Test("are refused with the reason while Redis is away")
    func away() async throws {
        try await server.stop()
        await #expect(throws: StoreError.self) { try await order(.everything) }
        await client.close()
    }
}
