import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("What a warm job is given", .timeLimit(.minutes(2))) struct WarmSelectionScenarios {
    @Test func `may be numbers of one contract`() async throws {
        try await Scene.play { scene in
            let job = try await scene.warmed(#"{\#(scene.members("Orchard")),"token_ids":["3","4",9]}"#)
            #expect(job.counts("total", "done", "fetched", "failed") == [3, 3, 3, 0])
            #expect(job["kind"]?.string == "tokens")
            #expect(try await scene.get(scene.path("Orchard", 9))["Cache-Status"]?.contains("hit") == true)
        }
    }

    @Test func `may be a token in each line`() async throws {
        try await Scene.play { scene in
            let client = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
            let lines = "\"\(scene.asset("Orchard", 1))\"\n{\(scene.members("Orchard")),\"token_id\":\"2\"}\n"
            let accepted = try await client.request(
                "POST", "/admin/warm?concurrency=1",
                fields: ["Authorization: Bearer \(Scene.adminToken)", "Content-Type: application/x-ndjson"], body: lines
            )
            await client.close()
            #expect(accepted.status == 202, "\(accepted.text)")
            let job = try await scene.finished(try #require(accepted["Location"]))
            #expect(job.counts("total", "fetched", "concurrency") == [2, 2, 1])
        }
    }

    @Test func `may be a range up to the last number, which takes no room`() async throws {
        try await Scene.play { scene in
            let body = #"{\#(scene.members("Orchard")),"from":"0","to":"\#(UInt256.max.decimal)","rate":1}"#
            let location = try await scene.startWarming(body)
            let job = try await scene.job(location)
            #expect(job["total"]?.integer == 9_007_199_254_740_991)
            #expect(try await scene.admin("DELETE", location).status == 200)
            #expect(try await scene.job(location)["state"]?.string == "cancelled")
        }
    }

    @Test func `may be a supply that the contract lists`() async throws {
        try await Scene.play { scene in
            let job = try await scene.warmed(#"{\#(scene.members("Driftwood")),"supply":true,"concurrency":64}"#)
            #expect(job.counts("total", "done", "fetched", "failed") == [1000, 1000, 1000, 0])
            #expect(job["note"]?.isNull == true)
            #expect(scene.upstream.counters.arweaveRequests == 1000)
            #expect(scene.upstream.counters.contractCalls["tokenByIndex"] ?? 0 >= 1000)
        }
    }

    @Test(arguments: [("Orchard", "0 to 9999"), ("Lantern", "1 to 10000")])
    func `may be a supply that is numbered from zero or one`(collection: String, range: String) async throws {
        try await Scene.play { scene in
            let location = try await scene.startWarming(#"{\#(scene.members(collection)),"supply":true,"rate":1}"#)
            try await eventually("the supply is known") { try await scene.job(location)["total"]?.integer == 10_000 }
            #expect(try await scene.job(location)["note"]?.string?.contains(range) == true)
            _ = try await scene.admin("DELETE", location)
        }
    }

    @Test(arguments: [
        ("Bazaar", "An ERC-1155 contract does not tell which tokens it has"),
        ("Oddities", "does not tell how many tokens it has"),
    ]) func `may be a supply that cannot be known, which is said`(collection: String, note: String) async throws {
        try await Scene.play { scene in
            let job = try await scene.warmed(#"{\#(scene.members(collection)),"supply":true}"#)
            #expect(job["state"]?.string == "failed")
            #expect(job["note"]?.string?.contains(note) == true, "\(job["note"]?.string ?? "")")
            #expect(scene.documentRequests == 0)
        }
    }

    @Test func `may be what the archive holds, which fills Redis without asking any upstream`() async throws {
        try await FleetScene.play(of: 1) { fleet in
            let scene = fleet.scene
            _ = try await scene.warmed(#"{\#(scene.members("Orchard")),"from":"0","to":"49"}"#)
            _ = try await scene.warmed(#"{\#(scene.members("Lantern")),"from":"1","to":"10"}"#)
            try await fleet.hasArchived(60)
            try await fleet.redis.forgetTokens()
            let asked = scene.upstream.counters
            let part = try await scene.warmed(#"{\#(scene.members("Orchard")),"archive":true}"#)
            #expect(part.counts("total", "done", "fetched", "failed") == [50, 50, 50, 0])
            let whole = try await scene.warmed(#"{"archive":true}"#)
            #expect(whole.counts("total", "fetched", "already_fresh") == [60, 10, 50])
            #expect(scene.upstream.counters == asked)
            #expect(try await fleet.redis.tokenCount == 60)
        }
    }

    @Test func `may be an archive without Redis, which fills memory`() async throws {
        try await Scene.play { scene in
            _ = try await scene.warmed(#"{\#(scene.members("Orchard")),"from":"0","to":"9"}"#)
            let second = try await scene.another()
            let accepted = try await scene.admin("POST", "/admin/warm", body: #"{"archive":true}"#, on: second)
            let job = try await scene.finished(try #require(accepted["Location"]), on: second)
            #expect(job.counts("total", "done", "failed") == [10, 10, 0])
            await second.stop()
        }
    }
}

extension FleetScene {
    /// Waits until the outbox is empty and the archive has so many rows.
    func hasArchived(_ count: Int) async throws {
        try await eventually("\(count) rows are archived") {
            try await self.count("mintcache_archived_rows_total", of: proxies[0]) >= count
        }
    }
}
