import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The tiers", .timeLimit(.minutes(3))) struct StoreScenarios {
    @Test func `after a restart the embedded archive answers`() async throws {
        try await Scene.play { scene in
            let first = try await scene.get(scene.path("Orchard", 1))
            await scene.proxy.stop()
            let restarted = try await scene.another()
            let second = try await scene.get(scene.path("Orchard", 1), from: restarted)
            #expect(second["Cache-Status"]?.hasSuffix("detail=archive") == true)
            #expect(second.body == first.body)
            #expect(second["ETag"] == first["ETag"])
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
            await restarted.stop()
        }
    }

    @Test func `with Redis and PostgreSQL a restart is answered by Redis, and by the archive once Redis is flushed`()
        async throws
    {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        let options = Scene.Options(redis: redis.url, archive: postgres.url)
        try await Scene.play(options) { scene in
            let first = try await scene.get(scene.path("Orchard", 1, "/metadata"))
            let stored = "select encode(document, 'base64') from nft_metadata where token_id = '1'"
            try await eventually(within: .seconds(5), "the row") { try await !postgres.query(stored).isEmpty }
            let bytes = Data(base64Encoded: try await postgres.query(stored), options: .ignoreUnknownCharacters)
            #expect(bytes.map(Array.init) == first.body)
            let second = try await scene.another(options)
            let fromRedis = try await scene.get(scene.path("Orchard", 1, "/metadata"), from: second)
            #expect(fromRedis["Cache-Status"]?.hasSuffix("detail=redis") == true)
            #expect(fromRedis.body == first.body)
            await second.stop()
            _ = try await redis.command("FLUSHALL")
            let third = try await scene.another(options)
            let fromArchive = try await scene.get(scene.path("Orchard", 1, "/metadata"), from: third)
            #expect(fromArchive["Cache-Status"]?.hasSuffix("detail=archive") == true)
            #expect(fromArchive.body == first.body)
            #expect(fromArchive["ETag"] == first["ETag"])
            await third.stop()
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `memory asks the tiers below again when its time is over`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            scene.time.advance(by: .seconds(61))
            let answer = try await scene.get(scene.path("Orchard", 1))
            #expect(answer["Cache-Status"]?.contains("; hit;") == true)
            #expect(answer["Age"].flatMap { Int($0) } ?? 0 >= 61)
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test func `E-170 what PostgreSQL refuses is set aside with its reason, and answered all the same`() async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Scene.play(Scene.Options(redis: redis.url, archive: postgres.url)) { scene in
            let poison = try await scene.get(scene.path("Ember", EmberCase.escapedNUL.rawValue, "/metadata"))
            let good = try await scene.get(scene.path("Orchard", 1))
            #expect(poison.status == 200)
            #expect(good.status == 200)
            try await eventually(within: .seconds(10), "the rejected row") {
                try await postgres.query("select sqlstate from nft_metadata_rejected") == "22P05"
            }
            try await eventually(within: .seconds(10), "the good row") {
                try await postgres.query("select count(*) from nft_metadata where token_id = '1'") == "1"
            }
        }
        try await redis.stop()
        try await postgres.stop()
    }
}
