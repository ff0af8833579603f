import Caching
import EventLoops
import HTTPCaching
import MintcacheTesting
import Testing
import UpstreamFetching

@testable import Mintcache

@Suite struct `What an unsafe request has invalidated` {
    private let loop: TestLoop
    private let time = TimeSource()
    private let memory = MemoryCache(.init(bytes: 8 << 20, entryBytes: 1 << 20))
    private let redis = FakeResponses()
    private let channel = FakeChannel()
    private let purges = PurgeBook()
    private let request: RouteRequest
    private let board: RouteBoard

    init() throws {
        loop = try TestLoop()
        let metrics = Metrics()
        let store = RouteStore(
            memory: memory, redis: redis, time: time, memoryTTL: 60_000, redisTimeout: .seconds(1),
            memoryLimit: 1 << 20, metrics: metrics, purges: purges)
        board = RouteBoard(
            loop: loop.loop, store: store, time: time, metrics: metrics, client: UpstreamClient(loop: loop.loop),
            channel: channel, instance: "b")
        let yaml = "routes:\n  - { name: r, path: /a/, upstream: \"https://api.example/\" }\n"
        let table = RouteTable(try configuration(yaml).configuration.routes)
        let url = try #require(
            ResourceURL(scheme: "http", authority: Array("a.example".utf8), target: Array("/a/x".utf8)))
        let reading = RouteReading(
            route: try #require(table.route(named: "r")), url: url, fields: HeaderFields(),
            facts: RequestFacts(HeaderFields()), method: "GET")
        request = RouteRequest(
            route: reading.route, method: "GET", url: url, key: reading.key(), fields: reading.fields,
            facts: reading.facts, way: .cached, body: .none, deadline: loop.loop.now + .seconds(60),
            onInterim: { _, _ in })
    }

    /// An answer that came so many seconds ago and is fresh for an hour.
    private func response(age: Int64 = 0) -> CachedResponse {
        let now = time.now - age * 1000
        let head = StoredHead(
            status: 200, fields: HeaderFields(), requestTime: now, responseTime: now, initialAge: 0, lifetime: 3600,
            flags: [.isPublic, .hasExplicitFreshness], staleWhileRevalidate: 0, staleIfError: 0,
            variant: VariantKey(vary: [], request: HeaderFields(), response: HeaderFields()), partial: nil,
            entityTag: nil, lastModified: nil, date: now / 1000)
        return CachedResponse(head: head, body: SharedBytes(copying: Array("old".utf8)), purgeSequence: 0)
    }

    private func fetch() -> RouteFetch {
        RouteFetch(number: 1, key: .alone(request), request: request, purpose: .refresh, purgeSequence: 0)
    }

    private var isInMemory: Bool { request.key.withUnsafeBytes { memory.lastKnownResponses(forKey: $0) } != nil }

    private var repeated: Announcement { .invalidated(request.key, instance: "b", isRepeated: true) }

    /// Looks for the answer, and does something when Redis has found it and nobody knows yet.
    private func look(during event: @escaping @Sendable () async -> Void) async throws -> CachedResponse? {
        try await redis.store(response(age: 60), for: request.key)
        await redis.finding.close()
        async let finding = board.look(for: request)
        try await eventually("it is found") { await redis.lookups == 1 }
        await event()
        await redis.finding.open()
        return await finding.variant?.response
    }

    @Test func `is nobody's answer when it was found a moment before`() async throws {
        let found = try await look { [board, request] in await board.noteInvalidation(of: request.key) }
        #expect(found == nil)
        #expect(!isInMemory)
    }

    @Test func `is no reason to doubt what is found under another key`() async throws {
        let found = try await look { [board] in await board.noteInvalidation(of: [1]) }
        #expect(found != nil)
        #expect(isInMemory)
    }

    @Test func `or a purge, is taken back when it was on its way into Redis`() async throws {
        await redis.storing.close()
        async let isKept = board.keep(response(), of: fetch())
        try await eventually("it is on its way") { await redis.stores == 1 }
        let scope = PurgeScope.url("/a/x", route: "r")
        _ = purges.add(PurgeMark(sequence: 1, scope: scope, isSoft: false, moment: time.now))
        await redis.storing.open()
        let wasKept = await isKept
        #expect(!wasKept && !isInMemory)
        #expect(await redis.held.isEmpty)
        #expect(await channel.published == [repeated])
    }

    @Test func `and may have been stored since is forgotten by all once more`() async throws {
        #expect(await board.keep(response(), of: fetch()))
        await board.noteInvalidation(of: request.key)
        #expect(!isInMemory)
        try await eventually("the others are told") { await channel.published == [repeated] }
        #expect(await redis.held.isEmpty)
    }

    @Test func `and was stored long before is not spoken of again`() async throws {
        #expect(await board.keep(response(age: 60), of: fetch()))
        await board.noteInvalidation(of: request.key)
        #expect(!isInMemory)
        try await eventually("Redis forgets") { await redis.forgotten == [request.key] }
        #expect(await channel.published.isEmpty)
    }

    @Test func `is not said a third time, and leaves Redis alone when it was said again`() async throws {
        #expect(await board.keep(response(), of: fetch()))
        await board.noteInvalidation(of: request.key, isRepeated: true)
        #expect(!isInMemory)
        await board.noteInvalidation(of: [1])
        #expect(await redis.forgotten.isEmpty)
        #expect(await channel.published.isEmpty)
    }
}

extension RouteBoard {
    fileprivate func look(for request: RouteRequest) async -> RouteFinding { await store.look(for: request) }
}
