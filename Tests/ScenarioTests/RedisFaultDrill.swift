import EventLoops
import Foundation
import MintcacheTesting
import Testing

@testable import Mintcache

/// Redis's faults at length, under a steady load of what is held, run by `make drill` alone.
@Suite(
    "Drill of Redis's faults", .timeLimit(.minutes(30)), .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["MINTCACHE_DRILL"] == "1"))
struct RedisFaultDrill {
    private static let faultTime = Duration.seconds(30)
    private static let calmTime = Duration.seconds(5)

    @Test func `killed`() async throws {
        try await RedisScene.play { played in
            try await drill(played, begin: { try await played.redis.kill() }, end: { try await played.redis.start() })
        }
    }

    @Test func `hung`() async throws {
        try await RedisScene.play { played in
            try await drill(played, begin: { played.redis.freeze() }, end: { played.redis.thaw() })
        }
    }

    @Test(arguments: [
        ChaosProxy.Mode.refuse, .hang, .latency(.milliseconds(300)), .jitter(upTo: .milliseconds(500)), .half, .swallow,
        .cut(afterBytes: 1000), .garbage,
    ])
    func `misled on the wire`(mode: ChaosProxy.Mode) async throws {
        try await RedisScene.play { played in
            try await drill(played, begin: { try played.relay.set(mode) }, end: { try played.relay.set(.pass) })
        }
    }

    @Test func `without its master`() async throws {
        try await RedisScene.play { played in
            try await played.redis.command("CONFIG", "SET", "replica-serve-stale-data", "no")
            try await drill(
                played, begin: { try await played.redis.command("REPLICAOF", "127.0.0.1", "1") },
                end: { try await played.redis.command("REPLICAOF", "NO", "ONE") })
        }
    }

    /// A fault while two hundred requests a second come in: each is answered, with its own token; the slow ones are not
    /// slower by more than a command's deadline and a little; attempts are few; and Redis is back within two seconds.
    private func drill(
        _ played: RedisScene, begin: () async throws -> Void, end: () async throws -> Void
    ) async throws {
        let calm = try await RedisLoad.run(played, for: Self.calmTime)
        let connections = played.relay.connectionCount
        try await begin()
        let troubled = try await RedisLoad.run(played, for: Self.faultTime)
        let attempts = played.relay.connectionCount - connections
        #expect(calm.wrong == 0 && troubled.wrong == 0)
        #expect(troubled.percentile(99) <= calm.percentile(99) + RedisScene.deadline + .milliseconds(50))
        #expect(attempts <= Int(5 * (Self.faultTime / .seconds(1))) + 5)
        try await end()
        try await eventually(within: .seconds(2), "Redis is up again") { try await played.state == "up" }
        #expect(try await RedisLoad.run(played, for: Self.calmTime).wrong == 0)
        try await played.expectRecovery()
    }
}

/// What a steady load of requests for warm tokens saw.
private struct RedisLoad {
    private static let lanes = 8
    private static let interval = Duration.milliseconds(40)

    private(set) var wrong = 0
    private var times: [Duration] = []

    /// Every lane asks for its own token, 25 times a second.
    static func run(_ played: RedisScene, for time: Duration) async throws -> RedisLoad {
        let end = MonotonicTime.current + time
        return try await withThrowingTaskGroup(of: RedisLoad.self) { group in
            for token in RedisScene.warmTokens.prefix(lanes) {
                group.addTask { try await lane(token, played.scene, until: end) }
            }
            return try await group.reduce(into: RedisLoad()) { all, lane in
                all.wrong += lane.wrong
                all.times += lane.times
            }
        }
    }

    func percentile(_ percent: Int) -> Duration {
        let sorted = times.sorted()
        return sorted.isEmpty ? .zero : sorted[(sorted.count - 1) * percent / 100]
    }

    private static func lane(_ token: UInt64, _ scene: Scene, until end: MonotonicTime) async throws -> RedisLoad {
        var load = RedisLoad()
        let connection = try await scene.client()
        var next = MonotonicTime.current
        while true {
            let start = MonotonicTime.current
            if start < next { await scene.loop.sleep(for: next - start) }
            let sent = MonotonicTime.current
            // A lane whose answers are slow asks less often, and no longer than the others.
            if sent >= end { break }
            let answer = try await connection.request("GET", scene.path("Orchard", token))
            load.times.append(MonotonicTime.current - sent)
            if answer.status != 200 || !answer.text.contains("\"token_id\":\"\(token)\"") { load.wrong += 1 }
            next = max(next + interval, .current)
        }
        await connection.close()
        return load
    }
}
