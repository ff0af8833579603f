import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

/// The scene's clock stands still, so nothing is looked up anew because its time in memory has passed.
@Suite("Memories of instances on one Redis", .serialized, .timeLimit(.minutes(2))) struct CoherenceScenarios {
    @Test func `show at once what another instance has fetched anew`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.scene.post(path + "/refresh", to: fleet.proxies[0]).status == 202)
            try await eventually("all have the new document") { try await fleet.answers(path).allSatisfy(\.isNew) }
            try await eventually("all hold it in memory") {
                try await fleet.answers(path).allSatisfy { $0.isNew && $0.isFromMemory }
            }
        }
    }

    @Test func `have nothing old though announcements are swallowed silently, later than the bound`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            try fleet.relay.set(.mute(clientsSaying: "XREAD"))
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.scene.post(path + "/refresh", to: fleet.proxies[0]).status == 202)
            try await eventually("the deaf one has the new document") {
                try await fleet.scene.get(path, from: fleet.proxies[2]).isNew
            }
            try fleet.relay.set(.pass)
            try await eventually("it answers from memory again") {
                try await fleet.scene.get(path, from: fleet.proxies[2]).isFromMemory
            }
        }
    }

    @Test func `ask the stores again when announcements were lost with Redis' data`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            #expect(try await fleet.purge(fleet.contract("Orchard")).status == 200)
            try await fleet.redis.command("FLUSHALL")
            try await eventually("the purges are put back") {
                try await fleet.redis.command("HKEYS", "mintcache:{fleet}:purges").contains("hard contract")
            }
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            #expect(try await fleet.answers(path).allSatisfy(\.isNew))
        }
    }

    @Test func `put back the purges that Redis has evicted, also those of before one that it remembers`() async throws {
        try await PurgeScene.play { fleet in
            let key = "mintcache:{fleet}:purges"
            for name in ["Orchard", "Lantern"] { #expect(try await fleet.purge(fleet.contract(name)).status == 200) }
            try await fleet.redis.command("DEL", key)
            #expect(try await fleet.purge(fleet.token("Orchard", 1)).status == 200)
            try await eventually("the purges are put back") {
                let fields = try await fleet.redis.command("HKEYS", key)
                return fields.count(of: "hard contract") == 2 && fields.count(of: "hard token") == 1
            }
            let restored = try await fleet.scene.admin("GET", "/metrics").text
            #expect(restored.contains("mintcache_restored_purges_total "))
        }
    }

    @Test func `and an instance that Redis does not tell of purges has what others hold fetched anew`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            try await fleet.redis.command("ACL", "SETUSER", "default", "-hscan")
            var options = Scene.Options()
            options.redis = fleet.redis.url
            let late = try await fleet.scene.another(options)
            let first = try await fleet.scene.get(path, from: late)
            #expect(first.isNew || first.text.contains("\"stale\":true"))
            try await eventually("it has the new document") { try await fleet.scene.get(path, from: late).isNew }
            func isKnown() async throws -> Bool {
                try await fleet.scene.admin("GET", "/metrics", on: late).text.contains("mintcache_purges_known 1")
            }
            #expect(try await !isKnown())
            try await fleet.redis.command("ACL", "SETUSER", "default", "+hscan")
            try await eventually("it knows the purges") { try await isKnown() }
            await late.stop()
        }
    }

    @Test func `and an instance that comes later knows of the purges before it`() async throws {
        try await PurgeScene.play { fleet in
            let path = fleet.scene.path("Lantern", 1)
            try await fleet.warm(path)
            fleet.scene.upstream.advanceLantern()
            #expect(try await fleet.purge(fleet.contract("Lantern")).status == 200)
            var options = Scene.Options()
            options.redis = fleet.redis.url
            let late = try await fleet.scene.another(options)
            #expect(try await fleet.scene.get(path, from: late).isNew)
            await late.stop()
        }
    }

    @Test func `an instance alone forgets what went wrong when it purges`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1)
            var failing = Fault(.path(prefix: "/web/"))
            failing.status = 503
            scene.upstream.setFault(failing)
            let failed = try await scene.get(path)
            #expect(failed.status == 502)
            scene.upstream.clearFaults()
            #expect(try await scene.get(path).status == 502)
            #expect(try await scene.admin("POST", "/admin/purge", body: #"{"everything":true}"#).status == 200)
            #expect(try await scene.get(path).status == 200)
        }
    }

    @Test func `an instance alone forgets what it is told to, in the archive, too`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1)
            #expect(try await scene.get(path).isOld)
            scene.upstream.advanceLantern()
            #expect(try await scene.get(path).isOld)
            let body = #"{"chain":"demo","contract":"\#(scene.contract("Lantern").lowercase)"}"#
            let report = try await scene.admin("POST", "/admin/purge", body: body)
            #expect(report.status == 200 && report.text.contains(#""instances":["scene"#))
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            #expect(try await scene.get(path).status == 502)
            let restarted = try await scene.another()
            #expect(try await scene.get(path, from: restarted).status == 502)
            await restarted.stop()
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
