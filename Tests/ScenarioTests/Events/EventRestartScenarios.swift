import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("After a restart", .timeLimit(.minutes(3))) struct EventRestartScenarios {
    /// Every token of the collection: too many to be renewed at once.
    private func updateAll(_ scene: Scene) {
        scene.upstream.emit(
            .batchMetadataUpdate(TokenIdentifier(0), TokenIdentifier(.max)), by: scene.contract("Orchard"))
    }

    private func hold(_ scene: Scene) async throws {
        for token in 0...UInt64(EventTools.renewals) { _ = try await scene.get(scene.path("Orchard", token)) }
        try await scene.eventsAreRead()
    }

    @Test func `what an event marked before is stale still, though nobody fetched it meanwhile`() async throws {
        try await Scene.play(.watching()) { scene in
            try await hold(scene)
            updateAll(scene)
            try await scene.eventsAreRead()
            _ = try await scene.get(scene.path("Orchard", 1))
            #expect(try await scene.isFetched(2, "Orchard", 1))
            await scene.proxy.stop()
            // Not one request for logs: this is what the journal remembers.
            scene.upstream.resetCounters()
            let proxy = try await scene.another(.watching())
            #expect(try await scene.isStale("Orchard", 7, from: proxy))
            #expect(try await !scene.isStale("Orchard", 1, from: proxy))
            #expect(scene.upstream.counters.logRequests == 0)
            await proxy.stop()
        }
    }

    @Test func `events of the time between are read, for contracts that only the archive holds, too`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            await scene.proxy.stop()
            scene.upstream.emit(.metadataUpdate(TokenIdentifier(1)), by: scene.contract("Lantern"))
            scene.upstream.mine(30)
            let proxy = try await scene.another(.watching())
            try await scene.eventsAreRead(by: proxy)
            #expect(try await scene.isStale("Lantern", 1, from: proxy))
            try await eventually("it is fetched") { scene.calls("Lantern", 1) == 2 }
            await proxy.stop()
        }
    }

    @Test func `copies in Redis and PostgreSQL are stale, too`() async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        let options = Scene.Options.watching(redis: redis.url, archive: postgres.url)
        try await Scene.play(options) { scene in
            try await hold(scene)
            updateAll(scene)
            try await scene.eventsAreRead()
            let marks = try await postgres.query("select count(*) from metadata_updates")
            #expect(marks == "1")
            await scene.proxy.stop()
            let proxy = try await scene.another(options)
            #expect(try await scene.isStale("Orchard", 7, from: proxy))
            try await eventually("it is fetched") { scene.calls("Orchard", 7) == 2 }
            await proxy.stop()
        }
        try await redis.stop()
        try await postgres.stop()
    }

    @Test func `a reorganisation that nobody saw makes everything stale`() async throws {
        try await Scene.play(.watching()) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            try await scene.eventsAreRead()
            await scene.proxy.stop()
            scene.upstream.reorganise(2)
            scene.upstream.mine()
            let proxy = try await scene.another(.watching())
            try await scene.eventsAreRead(by: proxy)
            #expect(try await scene.isStale("Lantern", 1, from: proxy))
            #expect(try await scene.counter("gaps", of: proxy) == 1)
            await proxy.stop()
        }
    }

    @Test func `killed between mark and fetch, the program still knows the mark`() async throws {
        var options = Scene.Options.watching()
        options.cache = ["memory: { ttl: 60s }"]
        try await Stage.play(options) { stage in
            let first = try await stage.daemon()
            _ = try await stage.ask(EventTools.renewals + 1, on: first)
            let contract = try ContractAddress(parsing: stage.contract)
            stage.upstream.emit(.batchMetadataUpdate(TokenIdentifier(0), TokenIdentifier(.max)), by: contract)
            try await eventually(within: .seconds(10), "the event is read") {
                try await stage.text("/v1/demo/\(stage.contract)/5", on: first).contains("\"stale\":true")
            }
            first.process.send(.kill)
            _ = try await first.process.wait(within: .seconds(10))
            let second = try await stage.daemon()
            let answer = try await stage.text("/v1/demo/\(stage.contract)/7", on: second)
            #expect(answer.contains("\"stale\":true"))
            second.process.send(.terminate)
            _ = try await second.process.wait(within: .seconds(20))
        }
    }

    @Test func `a reload switches the watching on and off`() async throws {
        try await Stage.play { stage in
            let daemon = try await stage.daemon()
            #expect(try await stage.status("/v1/demo/\(stage.contract)/1", on: daemon) == 200)
            #expect(stage.upstream.counters.headRequests == 0)
            let off = try String(contentsOfFile: daemon.configuration, encoding: .utf8)
            let on = off.replacing("\"] } }", with: "\"], events: { interval: 20ms } } }")
            try on.write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("the chain is watched") { stage.upstream.counters.headRequests > 2 }
            try off.write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
            daemon.process.send(.hangup)
            try await eventually("it is not watched any more") {
                let before = stage.upstream.counters.headRequests
                _ = try await stage.status("/readyz", on: daemon)
                return stage.upstream.counters.headRequests == before
            }
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
        }
    }
}
