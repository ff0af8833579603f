import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A purge on one of three instances", .serialized, .timeLimit(.minutes(3))) struct PurgeScenarios {
    @Test func `of a contract is over when it is answered: no instance has an old answer for any of its tokens`()
        async throws
    {
        try await PurgeScene.play { fleet in
            for number: UInt64 in 1...50 { try await fleet.warm(fleet.scene.path("Lantern", number)) }
            fleet.scene.upstream.advanceLantern()
            let answer = try await fleet.purge(fleet.contract("Lantern"))
            #expect(answer.status == 200)
            let report = try JSONDocument(validating: answer.body).root
            #expect(report["instances"]?.elements.count { _ in true } == 3)
            #expect(report["silent"]?.elements.count { _ in true } == 0)
            for number: UInt64 in 1...50 {
                for answer in try await fleet.answers(fleet.scene.path("Lantern", number)) {
                    #expect(answer.status == 200 && answer.isNew, "\(number)")
                }
            }
        }
    }

    @Test func `that is soft leaves the old answer as a stale one, and has it fetched anew`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern", soft: true), on: 1).status == 200)
            for answer in try await fleet.answers(path) {
                #expect(answer.status == 200)
                #expect(answer.isNew || answer.text.contains("\"stale\":true"))
            }
            try await eventually("every instance has the new document") {
                try await fleet.answers(path).allSatisfy { $0.isNew && $0.text.contains("\"stale\":false") }
            }
        }
    }

    @Test func `of one token leaves the others in memory`() async throws {
        try await PurgeScene.play { fleet in
            for number: UInt64 in [1, 2] { try await fleet.warm(fleet.scene.path("Lantern", number)) }
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.token("Lantern", 1)).status == 200)
            #expect(try await fleet.answers(fleet.scene.path("Lantern", 1)).allSatisfy(\.isNew))
            #expect(try await fleet.answers(fleet.scene.path("Lantern", 2)).allSatisfy { $0.isOld && $0.isFromMemory })
        }
    }

    @Test func `of a contract has others looked at once, and no store asked for them`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Orchard", 1)
            try await fleet.warm(path)
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            let before = try await fleet.redis.command("INFO", "commandstats").firstMatch(of: /cmdstat_get:calls=\d+/)
            for _ in 0..<2 { #expect(try await fleet.answers(path).allSatisfy(\.isFromMemory)) }
            let after = try await fleet.redis.command("INFO", "commandstats").firstMatch(of: /cmdstat_get:calls=\d+/)
            #expect(before?.output == after?.output)
        }
    }

    @Test func `makes void what is being fetched at that moment`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            var slow = Fault(.path(prefix: "/web/"), times: 1)
            slow.delay = .milliseconds(700)
            fleet.scene.upstream.setFault(slow)
            async let early = fleet.scene.get(path, from: fleet.proxies[1])
            try await eventually("the fetch has begun") { fleet.scene.upstream.counters.webRequests == 1 }
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            #expect(try await fleet.answers(path).allSatisfy { $0.status == 200 && $0.isNew })
            #expect(try await early.status == 200)
            #expect(fleet.scene.upstream.counters.webRequests == 2)
        }
    }

    @Test func `of everything covers tokens of every contract, and what contracts say of themselves`() async throws {
        try await PurgeScene.play { fleet in
            let paths = [
                fleet.scene.path("Lantern", 1), fleet.scene.path("Orchard", 1),
                "/v1/demo/\(fleet.scene.contract("Orchard").lowercase)",
            ]
            for path in paths { try await fleet.warm(path) }
            #expect(try await fleet.purge(#"{"everything":true}"#).status == 200)
            for path in paths {
                #expect(try await fleet.scene.get(path)["Cache-Status"]?.contains("fwd=uri-miss") == true, "\(path)")
            }
        }
    }

    @Test func `of a token that no instance could fetch has it tried again`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            var failing = Fault(.path(prefix: "/web/"))
            failing.status = 503
            fleet.scene.upstream.setFault(failing)
            let failures = try await fleet.answers(path)
            #expect(failures.allSatisfy { $0.status == 502 })
            fleet.scene.upstream.clearFaults()
            #expect(try await fleet.answers(path).allSatisfy { $0.status == 502 })
            #expect(try await fleet.purge(fleet.token("Lantern", 1)).status == 200)
            #expect(try await fleet.answers(path).allSatisfy { $0.status == 200 })
        }
    }

    @Test func `is refused while Redis is away, and memory goes on answering`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            try await fleet.redis.stop()
            let answer = try await fleet.purge(fleet.contract("Lantern"))
            #expect(answer.status == 503)
            #expect(answer.text.contains("purge-impossible"))
            #expect(answer["Retry-After"] != nil)
            try await eventually("memory answers again") { try await fleet.answers(path).allSatisfy(\.isFromMemory) }
        }
    }

    @Test func `of several tokens that Redis stops to take tells how many are in force`() async throws {
        try await PurgeScene.play { fleet in
            let contract = fleet.scene.contract("Lantern").lowercase
            let tokens = (1...5).map { #"{"chain":"demo","contract":"\#(contract)","token_id":"\#($0)"}"# }
            try fleet.relay.set(.mute(clientsSaying: "\(contract)/3"))
            let answer = try await fleet.purge(#"{"tokens":[\#(tokens.joined(separator: ","))]}"#, on: 2)
            #expect(answer.status == 503)
            #expect(answer.text.contains("The first 2 of 5 purges are in force"), "\(answer.text)")
        }
    }

    @Test func `waits for one that has died until it counts as dead, and names it`() async throws {
        try await PurgeScene.play { fleet in
            let seconds = try await fleet.redis.command("TIME").split(separator: "\n").first.flatMap { Int($0) }
            let key = "mintcache:{fleet}:instances"
            try await fleet.redis.command("ZADD", key, "\(try #require(seconds) * 1000)", "dead")
            let answer = try await fleet.purge(fleet.contract("Lantern"))
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""silent":["dead"]"#))
        }
    }

    @Test func `is not confirmed while one that lives does not do as it demands`() async throws {
        try await PurgeScene.play { fleet in
            let loop = try EventLoop(label: "deaf")
            let client = try RedisClient(
                url: RedisURL(parsing: fleet.redis.url), loop: loop, resolver: AddressResolver(threads: 1))
            let instances = RedisInstances(client: client, keys: RedisKeys(prefix: "mintcache:"))
            let living = Task {
                while !Task.isCancelled {
                    _ = try await instances.beat(as: "deaf")
                    try await Task.sleep(for: .milliseconds(500))
                }
            }
            let answer = try await fleet.purge(fleet.contract("Lantern"))
            #expect(answer.status == 503)
            #expect(answer.text.contains("purge-unconfirmed") && answer.text.contains("deaf"))
            living.cancel()
            await client.close()
            loop.shutdown()
        }
    }

    @Test func `is followed by one that cannot hear it, which answers from memory no longer`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            try fleet.relay.set(.mute(clientsSaying: "XREAD"))
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            #expect(try await fleet.answers(path).allSatisfy(\.isNew))
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"everything":false}"#, #"{"everything":true,"tag":"a"}"#, #"{"tag":"a b"}"#, #"{"tag":""}"#,
        #"{"route":"none"}"#, #"{"route":"ipfs","url":"/web/1"}"#,
        #"{"route":"ipfs","url":"/ipfs/1","prefix":"/ipfs/"}"#,
        #"{"chain":"demo"}"#, #"{"chain":"demo","contract":"0x12"}"#, #"{"tokens":[]}"#, #"{"tokens":["x"]}"#,
        #"{"everything":true,"soft":"yes"}"#, #"{"everything":true,"hard":true}"#,
    ])
    func `that is not well formed is refused with what is wrong`(body: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.admin("POST", "/admin/purge", body: body)
            #expect(answer.status == 400)
            #expect(answer.text.contains("urn:mintcache:problem:invalid-"))
        }
    }
}
