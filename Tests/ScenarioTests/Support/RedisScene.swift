import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// A proxy that reaches its Redis through a relay that can misbehave. Memory looks at Redis with every request, so that
/// every answer shows how Redis fares.
struct RedisScene: Sendable {
    /// What the proxy waits for a command.
    static let deadline = Duration.milliseconds(100)
    static let warmTokens: ClosedRange<UInt64> = 1...8

    let scene: Scene
    let redis: RedisServer
    let relay: ChaosProxy
    private let logFile: String

    static func play(
        _ options: RedisServer.Options = RedisServer.Options(), credentials: String = "",
        _ scenario: (RedisScene) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.start(options)
        let relay = try ChaosProxy(to: redis.port)
        let folder = try TemporaryDirectory()
        let logFile = try folder.write("", to: "log")
        let log = open(logFile, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(log) }
        var wanted = Scene.Options(redis: "redis://\(credentials)127.0.0.1:\(relay.port)")
        wanted.redisKeys = ["timeout: \(Int(deadline / .milliseconds(1)))ms"]
        wanted.cache = ["memory: { ttl: 0s }"]
        wanted.server = ["timeouts: { drain: 2s }"]
        wanted.logLevel = "info"
        wanted.log = log
        try await Scene.play(wanted) { scene in
            let played = RedisScene(scene: scene, redis: redis, relay: relay, logFile: logFile)
            for token in warmTokens { try await played.expectAnswer(token) }
            try await scenario(played)
        }
        try await redis.stop()
    }

    /// The log so far.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// How readiness calls Redis.
    var state: String {
        get async throws {
            let text = try await scene.get("/readyz").text
            return String(text.split(separator: "\"redis\":\"").last?.prefix { $0 != "\"" } ?? "")
        }
    }

    /// Asks for a token: it is answered, and nobody gets another's.
    func expectAnswer(_ token: UInt64, within limit: Duration = .seconds(2)) async throws {
        let start = MonotonicTime.current
        let answer = try await scene.get(scene.path("Orchard", token))
        #expect(answer.status == 200)
        #expect(answer.text.contains("\"token_id\":\"\(token)\""))
        #expect(MonotonicTime.current - start < limit)
    }

    /// Asks for what is warm, several at a time, while something is wrong.
    func expectWarmAnswers(rounds: Int = 5) async throws {
        for _ in 0..<rounds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for token in Self.warmTokens { group.addTask { try await expectAnswer(token) } }
                try await group.waitForAll()
            }
        }
    }

    /// Waits until new tokens reach Redis again.
    func expectRecovery(within limit: Duration = .seconds(4)) async throws {
        var token: UInt64 = 5000
        try await eventually(within: limit, "Redis is used again") {
            token += 1
            try await expectAnswer(token)
            let key = "mintcache:t:{\(reference(token))}"
            return try await redis.command("EXISTS", key) == "1"
        }
    }

    private func reference(_ token: UInt64) -> TokenReference {
        TokenReference(
            chain: ChainIdentifier(eip155: SampleUpstream.chainIdentifier), contract: scene.contract("Orchard"),
            token: TokenIdentifier(token))
    }
}
