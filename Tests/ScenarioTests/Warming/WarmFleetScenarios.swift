import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Warm jobs of a fleet", .timeLimit(.minutes(2))) struct WarmFleetScenarios {
    @Test func `are the same on every instance, and cancelled from any`() async throws {
        try await FleetScene.play(of: 2) { fleet in
            let scene = fleet.scene
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"9999","rate":10}"#)
            let lists = try await fleet.proxies.asyncMap { proxy in
                let list = try await scene.admin("GET", "/admin/warm", on: proxy)
                return try JSONDocument(validating: list.body).root
            }
            for list in lists {
                #expect(list["store"]?.string == "redis")
                #expect(list["jobs"]?.elements.map { "/admin/warm/\($0["id"]?.string ?? "")" } == [location])
            }
            try await eventually("somebody works on it") {
                try await scene.job(location)["state"]?.string == "running"
            }
            let owner = try await scene.job(location)["instance"]?.string
            let other = owner?.hasPrefix("scene-1") == true ? fleet.proxies[0] : fleet.proxies[1]
            #expect(try await scene.admin("DELETE", location, on: other).status == 200)
            for proxy in fleet.proxies {
                #expect(try await scene.job(location, on: proxy)["state"]?.string == "cancelled")
            }
            try await eventually("it is let go") {
                var running = 0
                for proxy in fleet.proxies { running += try await fleet.count("mintcache_warm_jobs", of: proxy) }
                return running == 0
            }
        }
    }

    @Test func `lie in Redis under names of one slot`() async throws {
        try await FleetScene.play(of: 1) { fleet in
            _ = try await fleet.scene.startWarming(
                #"{\#(fleet.scene.members("Orchard")),"from":"0","to":"9999","rate":10}"#)
            let names = try await fleet.redis.command("KEYS", "*jobs*").split(separator: "\n")
            #expect(names.count >= 3)
            #expect(names.allSatisfy { $0.hasPrefix("mintcache:{jobs}") })
        }
    }

    @Test func `that another release wrote are told of, left to it, and can be cancelled`() async throws {
        try await FleetScene.play(of: 2) { fleet in
            let scene = fleet.scene
            let (identifier, names) = ("0123456789abcdef", "mintcache:{jobs}")
            let request = #"{"kind":"wallet","summary":"the wallet of nobody"}"#
            let job = "\(names):job:\(identifier)"
            try await fleet.redis.command("HSET", job, "state", "open", "created", "1", "request", request)
            try await fleet.redis.command("SET", "\(names):work:\(identifier)", "0x0")
            try await fleet.redis.command("ZADD", names, "1", identifier)
            try await fleet.redis.command("ZADD", "\(names):open", "0", identifier)
            try await eventually("an instance has had a look at it") {
                try await fleet.redis.command("HGET", job, "owner").contains("scene-")
            }
            _ = try await scene.warmed(#"{\#(scene.members("Orchard")),"token_ids":[1]}"#)
            let jobs = try JSONDocument(validating: try await scene.admin("GET", "/admin/warm").body).root["jobs"]
            #expect(jobs?.elements.compactMap { $0["kind"]?.string } == ["tokens", "other"])
            // The other instance may look at it at any time, too.
            var told: JSONValue?
            try await eventually("it is given back") {
                told = try await scene.job("/admin/warm/\(identifier)")
                return told?["state"]?.string == "queued"
            }
            #expect(told?["instance"]?.isNull == true)
            #expect(told?["note"]?.string?.contains("Another release") == true)
            let cancelled = try await scene.admin("DELETE", "/admin/warm/\(identifier)", on: fleet.proxies[1])
            #expect(cancelled.status == 200 && cancelled.text.contains(#""state":"cancelled""#))
            #expect(try await scene.admin("POST", "/admin/warm/\(identifier)/retry").status == 409)
        }
    }

    @Test func `are finished by another instance when theirs is killed, and nothing is fetched twice`() async throws {
        try await WarmKill.run(tokens: 300, concurrency: 8)
    }

    @Test func `outlive a restart on the embedded archive`() async throws {
        try await Scene.play { scene in
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"199","concurrency":4,"rate":400}"#)
            try await eventually("some are fetched") { try await scene.job(location)["done"]?.integer ?? 0 > 20 }
            await scene.proxy.stop()
            let second = try await scene.another()
            let last = try await scene.finished(location, on: second)
            #expect(last.counts("done", "failed") == [200, 0])
            #expect(last["state"]?.string == "finished")
            let list = try JSONDocument(validating: try await scene.admin("GET", "/admin/warm", on: second).body).root
            #expect(list["store"]?.string == "sqlite")
            await second.stop()
        }
    }
}

/// A job whose instance is killed half-way, and which another finishes.
enum WarmKill {
    static func run(tokens: Int, concurrency: Int) async throws {
        let redis = try await RedisServer.start()
        var options = Scene.Options(redis: redis.url, redisKeys: ["timeout: 2s"])
        options.upstream = ["connections_per_host: 64"]
        try await Stage.play(options) { stage in
            let doomed = try await stage.daemon(archive: "first")
            var fault = Fault(.path(prefix: "/ipfs/"))
            fault.delay = .milliseconds(10)
            stage.upstream.setFault(fault)
            let members = #""chain":"demo","contract":"\#(stage.contract)""#
            let body = #"{\#(members),"from":"0","to":"\#(tokens - 1)","concurrency":\#(concurrency)}"#
            let location = try #require(try await stage.admin("POST", "/admin/warm", body, on: doomed)["Location"])
            try await eventually(within: .seconds(60), "half of the job is done") {
                stage.upstream.counters.ipfsRequests >= tokens / 2
            }
            doomed.process.send(.kill)
            _ = try await doomed.process.wait(within: .seconds(10))
            let atDeath = stage.upstream.counters
            #expect(atDeath.ipfsRequests < tokens)
            // The lease of the dead is over.
            let identifier = String(location.dropFirst("/admin/warm/".count))
            _ = try await redis.command("ZADD", "mintcache:{jobs}:open", "XX", "0", identifier)
            let heir = try await stage.daemon(archive: "second")
            var last: JSONValue?
            try await eventually(within: .seconds(120), "the job is finished") {
                let answer = try await stage.admin("GET", location, "", on: heir)
                last = try JSONDocument(validating: answer.body).root
                return last?["state"]?.string == "finished"
            }
            #expect(last?.counts("total", "done", "failed") == [Int64(tokens), Int64(tokens), 0])
            expectFew(stage.upstream.counters, tokens: tokens, concurrency: concurrency)
            heir.process.send(.terminate)
            _ = try await heir.process.wait(within: .seconds(30))
        }
        try await redis.stop()
    }

    /// Only what was under way when the instance died was asked for twice.
    private static func expectFew(_ counters: UpstreamCounters, tokens: Int, concurrency: Int) {
        let documents = counters.paths.filter { $0.key.hasPrefix("/ipfs/") }
        #expect(documents.count == tokens)
        let repeated = documents.values.count { $0 > 1 }
        print("warming: \(documents.count) tokens were fetched, \(repeated) of them twice")
        #expect(repeated <= concurrency)
        #expect(documents.values.allSatisfy { $0 <= 2 })
    }
}

extension Stage {
    func admin(_ method: String, _ target: String, _ body: String, on daemon: Daemon) async throws -> HTTPAnswer {
        let connection = try await HTTPConnection.open(to: daemon.adminAddress, on: loop)
        let answer = try await connection.request(
            method, target, fields: ["Authorization: Bearer \(Scene.adminToken)"], body: body)
        await connection.close()
        return answer
    }
}

extension RedisServer {
    /// Lets the server forget every token.
    func forgetTokens() async throws {
        let names = try await command("KEYS", "mintcache:t:*").split(separator: "\n").map { String($0) }
        for name in names { _ = try await command("DEL", name) }
    }

    var tokenCount: Int {
        get async throws { try await command("KEYS", "mintcache:t:*").split(separator: "\n").count }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
