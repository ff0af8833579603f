import Caching
import EventLoops
import HTTPCaching
import MintcacheTesting
import RedisStore
import Testing

@Suite("The upstreams' responses in Redis", .timeLimit(.minutes(1)))
struct RedisSharedResponsesTests {
    private static let now: Int64 = 1_700_000_000_000
    private let bench: Workbench
    private let server: RedisServer
    private let client: RedisClient
    private let shared: RedisSharedResponses
    private let keys = RedisKeys(prefix: "test:")
    private let url = Array("https api.example /a?b".utf8)

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        client = try bench.client(server.url)
        shared = RedisSharedResponses(client: client, keys: keys, milliseconds: { Self.now })
    }

    private var name: String { keys.responses(of: url) }

    private func response(
        language: String? = nil, body: String = "body", lifetime: Int64 = 60, partial: PartialExtent? = nil
    ) -> CachedResponse {
        let fields = HeaderFields([FieldLine("Content-Language", language ?? "none")])
        let request = HeaderFields([FieldLine("Accept-Language", language ?? "")])
        let vary = language == nil ? [] : [Array("Accept-Language".utf8)]
        let head = StoredHead(
            status: partial == nil ? 200 : 206, fields: fields, requestTime: Self.now, responseTime: Self.now,
            initialAge: 0, lifetime: lifetime, flags: [.mustRevalidate], staleWhileRevalidate: 0, staleIfError: 0,
            variant: VariantKey(vary: vary, request: request, response: fields), partial: partial, entityTag: nil,
            lastModified: nil, date: Self.now / 1000)
        return CachedResponse(head: head, body: SharedBytes(copying: Array(body.utf8)))
    }

    private func response(size: Int) -> CachedResponse {
        CachedResponse(
            head: response().head,
            body: SharedBytes(count: size) { $0.initializeMemory(as: UInt8.self, repeating: 0x78) })
    }

    private func held(
        _ language: String? = nil, url: [UInt8]? = nil, within limit: Duration = .seconds(1)
    ) async throws(StoreError) -> [CachedResponse] {
        let request = HeaderFields(language.map { [FieldLine("accept-language", $0)] } ?? [])
        return try await shared.variants(
            for: url ?? self.url, matching: { VariantSelection.candidates(among: $0, for: request) }, within: limit)
    }

    private func bodies(_ language: String? = nil) async throws -> [String] {
        try await held(language).map { String(decoding: $0.body.array, as: UTF8.self) }.sorted()
    }

    private func lifetime() async throws -> Int64 {
        try #require(Int64(try await server.command("PTTL", name)))
    }

    @Test("give back what was stored, for as long as it is of use, in one round trip")
    func roundTrip() async throws {
        #expect(try await held().isEmpty)
        let stored = response()
        try await shared.store(stored, for: url)
        let commands = await client.statistics.commands
        let found = try #require(try await held("de").first)
        #expect(await client.statistics.commands == commands + 2)
        #expect(found.head == stored.head && found.body.array == stored.body.array)
        #expect((50_000...60_000).contains(try await lifetime()))
        #expect(try await held(url: url + [0]).isEmpty)
        try await shared.forget(url)
        #expect(try await held().isEmpty)
        try await shared.forget(url)
    }

    @Test("stand under names of one length, whatever the URL's")
    func names() {
        let long = keys.responses(of: [UInt8](repeating: 7, count: 10_000))
        #expect(long.utf8.count == "test:route:".utf8.count + 64)
        #expect(keys.responses(of: []) != keys.responses(of: [0]))
        #expect(keys.responses(of: []).hasPrefix("test:route:e3b0c442"))
    }

    @Test("keep a URL's variants apart and fetch those that are asked for")
    func variants() async throws {
        for language in ["de", "en", "fr"] {
            try await shared.store(response(language: language, body: language), for: url)
        }
        #expect(try await bodies("en") == ["en"])
        #expect(try await bodies("it") == [])
        #expect(try await bodies() == [])
        let commands = await client.statistics.commands
        #expect(try await bodies("de") == ["de"])
        #expect(await client.statistics.commands == commands + 3)
        try await shared.store(response(language: "de", body: "neu"), for: url)
        #expect(try await bodies("de") == ["neu"])
        #expect(try await bodies("en") == ["en"])
        try await shared.store(response(body: "for all"), for: url)
        #expect(try await bodies("en") == ["en", "for all"])
        #expect(try await server.command("HLEN", name) == "4")
    }

    @Test("keep a part beside a whole response until a newer whole one comes")
    func parts() async throws {
        let part = PartialExtent(first: 2, last: 5, complete: 9)
        try await shared.store(response(body: "old"), for: url)
        try await shared.store(response(body: "part", partial: part), for: url)
        #expect(try await bodies() == ["old", "part"])
        #expect(try await held().contains { $0.head.partial == part })
        try await shared.store(response(body: "new"), for: url)
        #expect(try await bodies() == ["new"])
    }

    @Test("live as long as the longest of them, however short the next")
    func lifetimes() async throws {
        try await shared.store(response(language: "de", lifetime: 600), for: url)
        try await shared.store(response(language: "en", lifetime: 10), for: url)
        #expect(try await lifetime() > 500_000)
        try await shared.store(response(language: "fr", lifetime: 6_000), for: url)
        #expect(try await lifetime() > 5_000_000)
    }

    @Test("keep a response that is all but useless for a second, and none for ever", arguments: [-5, 0, 1 << 40])
    func oddLifetimes(lifetime: Int64) async throws {
        try await shared.store(response(lifetime: lifetime), for: url)
        let left = try await self.lifetime()
        #expect(left > 0)
        #expect(lifetime > 0 || left <= 1000)
    }

    @Test("begin anew when a URL has more variants than are worth keeping")
    func bounded() async throws {
        for number in 0..<VariantSelection.limit { try await shared.store(response(language: "x-\(number)"), for: url) }
        #expect(try await server.command("HLEN", name) == "\(VariantSelection.limit)")
        try await shared.store(response(language: "x-3", body: "again"), for: url)
        #expect(try await server.command("HLEN", name) == "\(VariantSelection.limit)")
        try await shared.store(response(language: "one more", lifetime: 5), for: url)
        #expect(try await server.command("HLEN", name) == "1")
        #expect(try await lifetime() <= 5000)
    }

    @Test("are none when damaged, another URL's, another variant's or not even in a hash, and are deleted then")
    func unreadable() async throws {
        let good = try #require(ResponseCoding.encode(response(), key: url))
        var damaged = good
        damaged[damaged.count / 2] ^= 1
        let foreign = try #require(ResponseCoding.encode(response(), key: url + [0]))
        let misplaced = try #require(ResponseCoding.encode(response(language: "de"), key: url))
        for value in [damaged, foreign, misplaced, []] {
            _ = try await client.run(RedisCommand("HSET", name, "w").with(value))
            #expect(try await held("de").isEmpty)
            #expect(try await server.command("EXISTS", name) == "0")
        }
        _ = try await client.run(RedisCommand("SET", name, "text"))
        #expect(try await held().isEmpty)
        #expect(try await server.command("EXISTS", name) == "0")
        #expect(await shared.statistics.unreadable == 5)
        _ = try await client.run(RedisCommand("SET", name, "text"))
        try await shared.store(response(), for: url)
        #expect(try await held().count == 1)
        _ = try await client.run(RedisCommand("HSET", name, "no field of ours", "x"))
        #expect(try await held("de").count == 1)
    }

    @Test("are left alone when another release wrote them")
    func otherRelease() async throws {
        var bytes = try #require(ResponseCoding.encode(response(), key: url))
        bytes[2] = 200
        _ = try await client.run(RedisCommand("HSET", name, "w").with(bytes))
        #expect(try await held().isEmpty)
        #expect(try await server.command("HLEN", name) == "1")
    }

    @Test("are not shared when too large, and neither is what they replace")
    func tooLarge() async throws {
        let (largest, nearly) = (RedisSharedResponses.maximumValue, RedisSharedResponses.maximumValue - 1000)
        try await shared.store(response(body: "small"), for: url)
        try await shared.store(response(language: "de", body: "de"), for: url)
        try await shared.store(response(size: largest), for: url)
        #expect(try await bodies("de") == ["de"])
        try await shared.store(response(size: nearly), for: url)
        #expect(try await held().map(\.body.count) == [nearly])
        try await shared.store(response(language: String(repeating: "x", count: 5000)), for: url)
        #expect(try await server.command("HLEN", name) == "2")
        #expect(await shared.statistics.tooLarge == 2)
    }

    @Test("can be read on when Redis has no memory for more")
    func outOfMemory() async throws {
        try await shared.store(response(body: "kept"), for: url)
        try await server.command("CONFIG", "SET", "maxmemory", "1")
        let error = await #expect(throws: StoreError.self) {
            try await shared.store(response(body: "more"), for: url)
        }
        #expect(error?.kind == .overloaded)
        #expect(await shared.statistics.refusedForMemory == 1)
        #expect(try await bodies() == ["kept"])
        try await shared.forget(url)
        try await server.command("CONFIG", "SET", "maxmemory", "0")
        try await shared.store(response(body: "more"), for: url)
        #expect(try await bodies() == ["more"])
    }

    @Test("say why they cannot be had")
    func failures() async throws {
        try await shared.store(response(), for: url)
        server.freeze()
        let slow = await #expect(throws: StoreError.self) { try await held(within: .milliseconds(50)) }
        #expect(slow?.kind == .timeout)
        try await server.kill()
        try await eventually("the connection is lost") { await !client.isReachable }
        let gone = await #expect(throws: StoreError.self) { try await held() }
        #expect(gone?.kind == .unreachable)
        await client.close()
    }
}
