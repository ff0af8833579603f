import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The archive as a tier", .timeLimit(.minutes(3)), .serialized) struct ArchiveTierScenarios {
    private static let day = Duration.seconds(86_400)

    /// A scene on Redis and PostgreSQL, with one token of a collection in the archive.
    private static func play(
        _ collection: String, _ scenario: (Scene, RedisServer, PostgresServer, Scene.Options) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        let options = Scene.Options(redis: redis.url, archive: postgres.url)
        try await Scene.play(options) { scene in
            #expect(try await scene.get(scene.path(collection, 1)).status == 200)
            try await eventually(within: .seconds(5), "the row") {
                try await postgres.query("SELECT count(*) FROM nft_metadata") == "1"
            }
            try await scenario(scene, redis, postgres, options)
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `fills a cold Redis with what it answers, and does not hear of it again`() async throws {
        try await Self.play("Orchard") { scene, redis, _, options in
            try await redis.command("FLUSHALL")
            let second = try await scene.another(options)
            let answer = try await scene.get(scene.path("Orchard", 1), from: second)
            #expect(answer["Cache-Status"]?.hasSuffix("detail=archive") == true)
            try await eventually("the value in Redis") { try await !redis.command("KEYS", "mintcache:t:*").isEmpty }
            #expect(try await redis.command("XLEN", "mintcache:outbox") == "0")
            await second.stop()
            let third = try await scene.another(options)
            let warm = try await scene.get(scene.path("Orchard", 1), from: third)
            #expect(warm["Cache-Status"]?.hasSuffix("detail=redis") == true)
            #expect(warm.body == answer.body)
            #expect(warm["ETag"] == answer["ETag"])
            await third.stop()
        }
    }

    @Test func `answers what is fresh while Redis is away`() async throws {
        try await Self.play("Orchard") { scene, redis, _, options in
            let first = try await scene.get(scene.path("Orchard", 1, "/metadata"))
            try await redis.kill()
            let second = try await scene.another(options)
            let answer = try await scene.get(scene.path("Orchard", 1, "/metadata"), from: second)
            #expect(answer["Cache-Status"]?.hasSuffix("detail=archive") == true)
            #expect(answer.body == first.body)
            #expect(answer["ETag"] == first["ETag"])
            #expect(answer["Last-Modified"] == first["Last-Modified"])
            await second.stop()
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `answers what is stale when the source fails and Redis has forgotten it`() async throws {
        try await Self.play("Lantern") { scene, redis, _, options in
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            scene.time.advance(by: Self.day * 10)
            try await redis.command("FLUSHALL")
            let second = try await scene.another(options)
            let answer = try await scene.get(scene.path("Lantern", 1), from: second)
            #expect(answer.status == 200)
            #expect(answer.text.contains("\"stale\":true"))
            #expect(answer["Cache-Status"]?.contains("detail=archive") == true)
            // A stale copy is not worth a place in Redis.
            #expect(try await redis.command("KEYS", "mintcache:t:*").isEmpty)
            await second.stop()
        }
    }

    @Test func `has everything that was answered when a proxy has stopped on SIGTERM`() async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Stage.play(Scene.Options(redis: redis.url, archive: postgres.url)) { stage in
            let daemon = try await stage.daemon()
            let statuses = try await stage.ask(100, on: daemon)
            daemon.process.send(.terminate)
            #expect(statuses.count { $0 == 200 } == 100)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
            #expect(try await postgres.query("SELECT count(*) FROM nft_metadata") == "100")
            #expect(try await redis.command("XLEN", "mintcache:outbox") == "0")
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `holds every row that three instances answered, when one is killed and PostgreSQL goes and comes`()
        async throws
    {
        try await DurabilityRounds.run(2)
    }
}
