import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("When something fails while one instance fetches for all", .timeLimit(.minutes(3)), .serialized)
struct FleetFaultScenarios {
    @Test func `a Redis that freezes makes the others fetch for themselves, and all clients are answered`() async throws
    {
        try await FleetScene.play(of: 3) { fleet in
            fleet.delayDocuments(by: .milliseconds(1500))
            let path = fleet.scene.path("Orchard", 1)
            async let answers = fleet.ask(10, each: path)
            try await eventually("two wait for the third") {
                guard fleet.upstream.counters.ipfsRequests == 1 else { return false }
                var waiting = 0
                for proxy in fleet.proxies { waiting += try await fleet.count("mintcache_flight_waiters", of: proxy) }
                return waiting == 30
            }
            fleet.redis.freeze()
            #expect(try await answers.flatMap(\.self).allSatisfy { $0.status == 200 })
            #expect(fleet.upstream.counters.totalTokenURICalls <= 3)
            fleet.redis.thaw()
        }
    }

    @Test func `an instance that hears nothing of the others does not wait for them`() async throws {
        var server = RedisServer.Options()
        server.users = ["default on nopass ~* &* +@all -xread"]
        let options = Scene.Options(upstream: ["timeout: 2s"])
        try await FleetScene.play(of: 2, redis: server, options, listening: false) { fleet in
            fleet.loseOneDocument()
            let path = fleet.scene.path("Orchard", 1)
            let first = try await HTTPConnection.open(to: fleet.proxies[0].address, on: fleet.scene.loop)
            await first.send("GET \(path) HTTP/1.1\r\nHost: proxy.test\r\n\r\n")
            try await eventually("one fetches") { fleet.upstream.counters.ipfsRequests == 1 }
            #expect(try await fleet.scene.get(path, from: fleet.proxies[1]).status == 200)
            #expect(fleet.upstream.counters.totalTokenURICalls == 2)
            #expect(try await fleet.fetches(.alone) == 1)
            await first.close()
        }
    }

    @Test func `a Redis that takes no records lets the others fetch, too`() async throws {
        var server = RedisServer.Options()
        server.users = ["default on nopass ~mintcache:[^t]* ~mintcache:{fleet}* %R~mintcache:t:* &* +@all"]
        try await FleetScene.play(of: 4, redis: server) { fleet in
            fleet.delayDocuments(by: .milliseconds(200))
            let answers = try await fleet.ask(5, each: fleet.scene.path("Orchard", 1)).flatMap(\.self)
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(try await fleet.fetches(.led) >= 2, "one after the other found out")
            #expect(try await fleet.fetches(.shared) == 0)
            #expect(fleet.upstream.counters.totalTokenURICalls == 4)
        }
    }

    @Test func `kill -9 of that instance makes one other fetch, and every client of those that live is answered`()
        async throws
    {
        let redis = try await RedisServer.start()
        try await Stage.play(Scene.Options(redis: redis.url, redisKeys: ["timeout: 2s"])) { stage in
            var slow = Fault(.path(prefix: "/ipfs/"))
            slow.delay = .seconds(1)
            stage.upstream.setFault(slow)
            let leader = try await stage.daemon(archive: "leader")
            let others = [try await stage.daemon(archive: "one"), try await stage.daemon(archive: "other")]
            try await redis.hasListeners(3)
            let path = "/v1/demo/\(stage.contract)/1"
            let lost = Task { try await stage.status(path, on: leader) }
            try await eventually("the leader fetches") { stage.upstream.counters.ipfsRequests == 1 }
            async let statuses = withThrowingTaskGroup(of: Int.self) { group in
                for daemon in others {
                    for _ in 0..<50 { group.addTask { try await stage.status(path, on: daemon) } }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            leader.process.send(.kill)
            #expect(try await statuses == Array(repeating: 200, count: 100))
            #expect(stage.upstream.counters.totalTokenURICalls == 2)
            _ = await lost.result
            for daemon in others { daemon.process.send(.terminate) }
            for daemon in others { #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0)) }
        }
        try await redis.stop()
    }

    @Test func `an instance that stops in good order lets another fetch at once`() async throws {
        try await FleetScene.play(of: 2) { fleet in
            fleet.loseOneDocument()
            let path = fleet.scene.path("Orchard", 1)
            #expect(try await fleet.scene.post("\(path)/refresh", to: fleet.proxies[1]).status == 202)
            try await eventually("one fetches") { fleet.upstream.counters.ipfsRequests == 1 }
            await fleet.proxies[1].stop()
            #expect(try await fleet.redis.command("KEYS", "mintcache:l:*") == "")
            #expect(try await fleet.scene.get(path).status == 200)
        }
    }
}
