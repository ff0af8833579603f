import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The program", .timeLimit(.minutes(5)), .serialized) struct ProcessScenarios {
    @Test func `answers what it has begun when it is told to stop, and exits with 0`() async throws {
        try await Stage.play { stage in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .milliseconds(700)
            stage.upstream.setFault(slow)
            let daemon = try await stage.daemon()
            async let answers = stage.ask(100, on: daemon)
            try await eventually("the fetches have begun") { stage.upstream.counters.ipfsRequests >= 10 }
            daemon.process.send(.terminate)
            let statuses = try await answers
            #expect(statuses.count { $0 == 200 } == 100)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
        }
    }

    @Test func `takes a new configuration on SIGHUP, and keeps the old one when the new is broken`() async throws {
        try await Stage.play { stage in
            let daemon = try await stage.daemon()
            #expect(try await stage.status("/v1/demo/\(stage.contract)/1", on: daemon) == 200)
            let text = try String(contentsOfFile: daemon.configuration, encoding: .utf8)
            try (text + "\nsurprise: true\n").write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("the refusal is logged") { daemon.process.standardOutput.contains("unknown key") }
            #expect(try await stage.status("/v1/demo/\(stage.contract)/2", on: daemon) == 200)
            let renamed = text.replacing("chains: { demo:", with: "chains: { other:")
            try renamed.write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("the chain has its new name") {
                try await stage.status("/v1/other/\(stage.contract)/1", on: daemon) == 200
            }
            #expect(try await stage.status("/v1/demo/\(stage.contract)/1", on: daemon) == 404)
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
        }
    }

    @Test func `killed under load has lost nothing that it answered`() async throws {
        try await KillRounds.run(2, keepingItsName: true)
    }

    @Test func `says what is wrong with a configuration, by exit code and in words`() async throws {
        let folder = try TemporaryDirectory()
        let broken = try folder.write("server:\n  listen: nowhere\nsurprise: 1\n", to: "broken.yaml")
        let check = try ChildProcess(.init(Repository.program("mintcache"), ["check", broken]))
        #expect(try await check.wait() == .code(1))
        #expect(check.standardError.contains("\(broken):2:11: server.listen: "))
        #expect(check.standardError.contains("\(broken):3:1: surprise: unknown key"))
        let serve = try ChildProcess(.init(Repository.program("mintcache"), ["serve", "--config", broken]))
        #expect(try await serve.wait() == .code(78))
        let usage = try ChildProcess(.init(Repository.program("mintcache"), ["serve", "--nonsense"]))
        #expect(try await usage.wait() == .code(2))
        let version = try ChildProcess(.init(Repository.program("mintcache"), ["--version"]))
        #expect(try await version.wait() == .code(0))
        #expect(version.standardOutput.contains(Version.number))
    }
}

/// `kill -9` at a random moment under a stream of distinct cold tokens, then a restart.
enum KillRounds {
    /// - Parameter keepsName: whether it is started as the same instance, which takes up what it held at once, or as
    ///   another one, which takes it over after a while.
    static func run(_ rounds: Int, keepingItsName keepsName: Bool = false) async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Stage.play(Scene.Options(redis: redis.url, archive: postgres.url)) { stage in
            var answered: Set<Int> = []
            var next = 0
            var daemon = try await stage.daemon()
            for _ in 0..<rounds {
                let moment = MonotonicTime.current + .milliseconds(Int64.random(in: 100...600))
                let (tokens, last) = await stage.stream(on: daemon, from: next, until: moment)
                answered.formUnion(tokens)
                next = last
                _ = try await daemon.process.wait(within: .seconds(10))
                daemon = try await keepsName ? daemon.again() : stage.daemon()
            }
            let expected = answered
            try await eventually(within: .seconds(30), "\(expected.count) tokens are in PostgreSQL") {
                let rows = try await postgres.query("select token_id from nft_metadata")
                return expected.isSubset(of: Set(rows.split(separator: "\n").compactMap { Int($0) }))
            }
            #expect(!expected.isEmpty)
            daemon.process.send(.terminate)
            _ = try await daemon.process.wait(within: .seconds(20))
        }
        try await redis.stop()
        try await postgres.stop()
    }
}
