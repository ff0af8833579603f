import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("When a dependency fails", .timeLimit(.minutes(3)), .serialized) struct FaultScenarios {
    @Test func `a frozen Redis costs a miss its deadline and a hit nothing, and is used again soon after`() async throws
    {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            redis.freeze()
            let hit = try await scene.get(scene.path("Orchard", 1))
            #expect(hit["Cache-Status"]?.hasSuffix("detail=memory") == true)
            for token in UInt64(2)...6 {
                let start = MonotonicTime.current
                #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
                #expect(MonotonicTime.current - start < .seconds(2))
            }
            redis.thaw()
            try await recovers(scene) { try await redis.command("EXISTS", "mintcache:outbox") == "1" }
        }
        try await redis.stop()
    }

    @Test func `E-174 a killed Redis is done without, and used again when it is back`() async throws {
        let redis = try await RedisServer.start()
        try await Scene.play(Scene.Options(redis: redis.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            try await redis.kill()
            for token in UInt64(1)...5 {
                #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
            }
            try await redis.start()
            try await recovers(scene) { try await redis.command("DBSIZE") != "0" }
        }
        try await redis.stop()
    }

    @Test func `PostgreSQL away holds up no answer and loses no row`() async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Scene.play(Scene.Options(redis: redis.url, archive: postgres.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 0))
            try await postgres.kill()
            for token in UInt64(1)...20 {
                #expect(try await scene.get(scene.path("Orchard", token)).status == 200)
            }
            try await postgres.start()
            try await eventually(within: .seconds(10), "all rows are in the archive") {
                try await postgres.query("select count(*) from nft_metadata") == "21"
            }
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `without Redis, PostgreSQL away fills a bounded queue that is written later`() async throws {
        let postgres = try await PostgresServer.start()
        try await Scene.play(Scene.Options(archive: postgres.url)) { scene in
            _ = try await scene.get(scene.path("Orchard", 0))
            postgres.freeze()
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
            postgres.thaw()
            try await eventually(within: .seconds(15), "both rows are in the archive") {
                try await postgres.query("select count(*) from nft_metadata") == "2"
            }
        }
        try await postgres.stop()
    }

    @Test func `an upstream that hangs costs each client its own deadline, and hits nothing`() async throws {
        let options = Scene.Options(
            cache: ["error_ttl: 1s"], server: ["timeouts: { request: 400ms, drain: 1s }"], upstream: ["timeout: 2s"])
        try await Scene.play(options) { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            var hanging = Fault(.rpc)
            hanging.ending = .hang(afterBodyBytes: nil)
            scene.upstream.setFault(hanging)
            let start = MonotonicTime.current
            let late = try await scene.get(scene.path("Orchard", 2))
            #expect(late.status == 504)
            #expect(late.text.contains("upstream-timeout"))
            #expect(late["Retry-After"] != nil)
            #expect(MonotonicTime.current - start < .seconds(2))
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
            scene.upstream.clearFaults()
            try await eventually(within: .seconds(5), "the token is served") {
                try await scene.get(scene.path("Orchard", 2)).status == 200
            }
        }
    }

    @Test func `the second endpoint of a chain is asked when the first fails`() async throws {
        try await Scene.play { scene in
            var failing = Fault(.rpc, times: 1)
            failing.status = 500
            scene.upstream.setFault(failing)
            let answer = try await scene.get(scene.path("Orchard", 1))
            #expect(answer.status == 502)
            let text = Scene.yaml(Scene.Options(), scene.upstream, scene.folder)
                .replacing("rpc: [", with: "rpc: [\"http://127.0.0.1:1/\", ")
            let loaded = try LoadedConfiguration.parse(text, file: "two.yaml", environment: [:])
            var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
            environment.logSink = LogSink(descriptor: discarded)
            let second = try await ProxyServer.start(loaded, in: environment)
            #expect(try await scene.get(scene.path("Orchard", 1), from: second).status == 200)
            await second.stop()
        }
    }

    @Test func `a host that a stranger chose cannot turn the chain's own endpoint away`() async throws {
        try await Scene.play { scene in
            var refusing = Fault(.path(prefix: "/web/"))
            refusing.status = 429
            refusing.retryAfter = 3600
            scene.upstream.setFault(refusing)
            let refused = try await scene.get(scene.path("Lantern", 1))
            #expect(refused.status == 502)
            // The same host and port also serve the chain and the gateway.
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
        }
    }

    /// Keeps asking for new tokens until the dependency takes part again.
    private func recovers(_ scene: Scene, _ isBack: () async throws -> Bool) async throws {
        var token: UInt64 = 1000
        try await eventually(within: .seconds(3), "the dependency is used again") {
            token += 1
            _ = try await scene.get(scene.path("Orchard", token))
            return try await isBack()
        }
    }
}
