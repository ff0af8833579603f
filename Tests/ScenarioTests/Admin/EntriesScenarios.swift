import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Where a token is held", .timeLimit(.minutes(2))) struct EntriesScenarios {
    @Test func `is nowhere before anybody asked for it`() async throws {
        try await Scene.play { scene in
            let entries = try await scene.entries("Orchard", 1)
            #expect(entries["held"]?.boolean == false)
            #expect(entries["memory"]?.elements.contains { _ in true } == false)
            #expect(entries["redis"]?["state"]?.string == "not-configured")
            #expect(entries["archive"]?["state"]?.string == "nothing")
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `is told by tier and representation, with size, age, source and time left`() async throws {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url, cache: ["immutable_ttl: 1h", "ttl_jitter: 0%"])) { scene in
            let object = try await scene.get(scene.path("Orchard", 1))
            let document = try await scene.get(scene.path("Orchard", 1, "/metadata"))
            scene.time.advance(by: .seconds(600))
            let entries = try await scene.entries("Orchard", 1)
            #expect(entries["held"]?.boolean == true)
            let memory = try Array(#require(entries["memory"]).elements)
            #expect(memory.map { $0["representation"]?.string } == ["object", "metadata"])
            #expect(
                memory.map { $0["answer_bytes"]?.integer } == [Int64(object.body.count), Int64(document.body.count)])
            for held in memory + [try #require(entries["redis"])] {
                #expect(held["outcome"]?.string == "document")
                #expect(held["source"]?.string == "onchain")
                #expect(held["bytes"]?.integer == Int64(document.body.count))
                #expect(held["freshness"]?.string == "fresh")
                #expect((600..<660).contains(try ExplainScenarios.number(held["age_seconds"])))
                #expect((2_940...3_000).contains(try ExplainScenarios.number(held["ttl_seconds"])))
            }
            #expect(entries["redis"]?["state"]?.string == "held")
        }
        try await redis.stop()
    }

    @Test func `is told with the size of each coding that somebody has asked for`() async throws {
        try await Scene.play { scene in
            let object = try await scene.get(scene.path("Orchard", 1))
            let before = try #require(try await scene.entries("Orchard", 1)["memory"]?.elements.first { _ in true })
            #expect(before["gzip_bytes"]?.isNull == true && before["brotli_bytes"]?.isNull == true)
            let gzip = try await scene.get(scene.path("Orchard", 1), "Accept-Encoding: gzip")
            let after = try #require(try await scene.entries("Orchard", 1)["memory"]?.elements.first { _ in true })
            #expect(after["answer_bytes"]?.integer == Int64(object.body.count))
            #expect(after["gzip_bytes"]?.integer == Int64(gzip.body.count))
            #expect(after["brotli_bytes"]?.isNull == true)
            let bytes = try [before, after].map { try ExplainScenarios.number($0["footprint_bytes"]) }
            #expect(bytes[1] >= bytes[0] + Double(gzip.body.count))
        }
    }

    @Test func `is told though a store is out of reach`() async throws {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            try await redis.kill()
            let entries = try await scene.entries("Orchard", 1)
            #expect(entries["redis"]?["state"]?.string == "unavailable")
            #expect(entries["held"]?.boolean == true)
        }
        try await redis.stop()
    }

    @Test func `includes how failures keep the sources from being asked`() async throws {
        try await Scene.play(Scene.Options(cache: ["error_ttl: 10s"])) { scene in
            scene.fails("/rpc", status: 500)
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 502)
            let entries = try await scene.entries("Orchard", 1)
            #expect(entries["failures_in_a_row"]?.integer == 1)
            #expect(entries["sources_left_alone_until"]?.string != nil)
            let memory = try Array(#require(entries["memory"]).elements)
            #expect(memory.allSatisfy { $0["outcome"]?.string == "failed" && $0["status"]?.integer == 502 })
        }
    }

    @Test func `includes what an event said last about it`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            #expect(try await scene.entries("Lantern", 1)["outdated_before"]?.isNull == true)
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            try await scene.eventsAreRead()
            #expect(try await scene.entries("Lantern", 1)["outdated_before"]?.string != nil)
            #expect(try await scene.entries("Lantern", 2)["outdated_before"]?.isNull == true)
        }
    }

    @Test func `includes what purges have made of it`() async throws {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            #expect(try await scene.entries("Orchard", 1)["redis"]?["purged"]?.string == "no")
            let token = scene.asset("Orchard", 1)
            let soft = try await scene.admin("POST", "/admin/purge", body: #"{"tokens":["\#(token)"],"soft":true}"#)
            #expect(soft.status == 200)
            let stale = try #require(try await scene.entries("Orchard", 1)["redis"])
            #expect(stale["purged"]?.string == "soft")
            #expect(stale["freshness"]?.string == "stale-while-revalidate")
            #expect(try await scene.admin("POST", "/admin/purge", body: #"{"tokens":["\#(token)"]}"#).status == 200)
            #expect(try await scene.entries("Orchard", 1)["held"]?.boolean == false)
        }
        try await redis.stop()
    }
}
