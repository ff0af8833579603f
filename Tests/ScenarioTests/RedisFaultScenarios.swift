import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("When Redis fails", .timeLimit(.minutes(3)), .serialized) struct RedisFaultScenarios {
    @Test(arguments: [
        ChaosProxy.Mode.refuse, .hang, .latency(.milliseconds(300)), .jitter(upTo: .milliseconds(500)), .half, .swallow,
        .cut(afterBytes: 1000), .garbage,
    ])
    func `what is held is served on, nothing is mixed up, and Redis is used again when it is back`(
        mode: ChaosProxy.Mode
    ) async throws {
        try await RedisScene.play { played in
            let fetches = played.scene.upstream.counters.totalTokenURICalls
            try played.relay.set(mode)
            try await played.expectWarmAnswers()
            #expect(played.scene.upstream.counters.totalTokenURICalls == fetches)
            try await played.expectAnswer(100)
            try played.relay.set(.pass)
            try await played.expectRecovery()
        }
    }

    @Test func `a stopped process is left out at once and used again when it goes on`() async throws {
        try await RedisScene.play { played in
            played.redis.freeze()
            try await played.expectWarmAnswers()
            try await eventually(within: .seconds(3), "readiness tells") { try await played.state == "down" }
            let attempts = played.relay.connectionCount
            let start = MonotonicTime.current
            try await played.expectWarmAnswers(rounds: 20)
            let seconds = Double((MonotonicTime.current - start) / .milliseconds(1)) / 1000
            #expect(Double(played.relay.connectionCount - attempts) <= 5 * seconds + 1)
            played.redis.thaw()
            try await played.expectRecovery()
        }
    }

    @Test func `a Redis that comes back empty is filled by one fetch for each token`() async throws {
        try await RedisScene.play { played in
            try await played.redis.restart()
            let fetches = played.scene.upstream.counters.totalTokenURICalls
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<60 { group.addTask { try await played.expectAnswer(UInt64(200 + client % 3)) } }
                try await group.waitForAll()
            }
            #expect(played.scene.upstream.counters.totalTokenURICalls == fetches + 3)
            try await played.expectWarmAnswers(rounds: 1)
            #expect(played.scene.upstream.counters.totalTokenURICalls == fetches + 3)
        }
    }

    @Test func `without memory for more Redis is read on, and the log tells at most once a second`() async throws {
        try await RedisScene.play { played in
            try await played.redis.command("CONFIG", "SET", "maxmemory", "1")
            for token in UInt64(300)..<330 { try await played.expectAnswer(token) }
            let hit = try await played.scene.get(played.scene.path("Orchard", 1))
            #expect(hit["Cache-Status"]?.contains("hit") == true)
            try await eventually(within: .seconds(3), "readiness tells") { try await played.state == "up" }
            let metrics = try await played.scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_redis_refused_writes_total"))
            #expect(!metrics.contains("mintcache_redis_refused_writes_total 0\n"))
            let lines = played.log.split(separator: "\n").count { $0.contains("\"OOM\"") }
            #expect((1...6).contains(lines))
            try await played.redis.command("CONFIG", "SET", "maxmemory", "0")
            try await played.expectRecovery()
        }
    }

    @Test func `a replica is read from, and writes resume when it is a master again`() async throws {
        try await RedisScene.play { played in
            try await played.redis.command("REPLICAOF", "127.0.0.1", "1")
            try await played.expectAnswer(400)
            try await played.expectWarmAnswers(rounds: 1)
            try await played.redis.command("CONFIG", "SET", "replica-serve-stale-data", "no")
            try await played.expectWarmAnswers(rounds: 3)
            try await played.redis.command("REPLICAOF", "NO", "ONE")
            try await played.expectRecovery()
        }
    }

    @Test func `a changed password is told loudly, without the old one, and asked about every five seconds`()
        async throws
    {
        var options = RedisServer.Options()
        options.password = "hunter2-of-old"
        try await RedisScene.play(options, credentials: ":hunter2-of-old@") { played in
            try await played.redis.command("CONFIG", "SET", "requirepass", "another")
            try played.relay.set(.refuse)
            try played.relay.set(.pass)
            try await eventually(within: .seconds(5), "readiness tells") { try await played.state == "refused" }
            let attempts = played.relay.connectionCount
            let start = MonotonicTime.current
            try await played.expectWarmAnswers(rounds: 10)
            if MonotonicTime.current - start < .seconds(4) { #expect(played.relay.connectionCount <= attempts + 4) }
            #expect(played.log.contains("WRONGPASS"))
            #expect(!played.log.contains("hunter2"))
            #expect(try await played.scene.get("/readyz").status == 200)
        }
    }
}
