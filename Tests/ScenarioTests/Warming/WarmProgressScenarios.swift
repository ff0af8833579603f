import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A warm job that is followed", .timeLimit(.minutes(2))) struct WarmProgressScenarios {
    @Test func `that only counts fetches nothing, and tells what it would cost`() async throws {
        try await Scene.play { scene in
            _ = try await scene.warmed(#"{\#(scene.members("Orchard")),"from":"0","to":"9"}"#)
            let asked = scene.upstream.counters
            let body = #"{\#(scene.members("Orchard")),"from":"0","to":"99","dry_run":true,"rate":1000}"#
            let job = try await scene.warmed(body)
            #expect(job.counts("total", "done", "fetched", "already_fresh") == [100, 100, 90, 10])
            #expect(job["estimate"]?["to_fetch"]?.integer == 90)
            // A document for each, and the calls of the contract in one batch.
            #expect(job["estimate"]?["upstream_calls"]?.integer == 91)
            #expect(job["estimate"]?["seconds"]?.integer ?? 0 >= 1)
            #expect(scene.upstream.counters == asked)
        }
    }

    @Test func `groups what failed, and tries it again and nothing else`() async throws {
        try await Scene.play(Scene.Options(cache: ["error_ttl: 0s"])) { scene in
            var fault = Fault(.path(prefix: "/ipfs/"), times: 7)
            fault.status = 500
            scene.upstream.setFault(fault)
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"29","concurrency":2}"#)
            let first = try await scene.finished(location)
            #expect(first.counts("done", "fetched", "failed", "retryable") == [30, 23, 7, 7])
            let group = try #require(first["failures"]?.elements.first { _ in true })
            #expect(group["slug"]?.string == "upstream-failed" && group["upstream_status"]?.integer == 500)
            #expect(group["count"]?.integer == 7 && group["examples"]?.elements.map { $0 }.count == 5)
            let documents = scene.documentRequests
            scene.time.advance(by: .seconds(3600))
            let accepted = try await scene.admin("POST", "\(location)/retry")
            #expect(accepted.status == 202)
            let second = try await scene.finished(try #require(accepted["Location"]))
            #expect(second.counts("total", "fetched", "failed") == [7, 7, 0])
            #expect(second["retry_of"]?.string == first["id"]?.string)
            #expect(scene.documentRequests == documents + 7)
            let nothing = try await scene.admin("POST", "\(try #require(accepted["Location"]))/retry")
            #expect(nothing.status == 409 && nothing.text.contains("nothing-to-retry"))
        }
    }

    @Test func `fetches what is stale, and waits for it`() async throws {
        try await Scene.play(Scene.Options(cache: ["ttl: 1h"])) { scene in
            let body = #"{\#(scene.members("Lantern")),"from":"1","to":"20"}"#
            _ = try await scene.warmed(body)
            scene.upstream.advanceLantern()
            scene.time.advance(by: .seconds(2 * 3600))
            let job = try await scene.warmed(body)
            #expect(job.counts("fetched", "already_fresh", "failed") == [20, 0, 0])
            #expect(try await scene.get(scene.path("Lantern", 20)).text.contains("Night 2."))
        }
    }

    @Test func `is told by events, from the beginning to the end`() async throws {
        try await Scene.play { scene in
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"99","rate":80}"#)
            let answer = try await scene.admin("GET", "\(location)/events")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "text/event-stream")
            #expect(answer["Cache-Control"] == "no-store")
            let events = EventStream(answer.text).events
            #expect(events.count >= 2)
            #expect(events.dropLast().allSatisfy { $0.name == "progress" })
            let last = try #require(events.last)
            #expect(last.name == "end" && last.identifier == "finished-100")
            #expect(try last.job["fetched"]?.integer == 100)
            let done = try events.map { try $0.job["done"]?.integer ?? -1 }
            #expect(done == done.sorted() && done.last == 100)
        }
    }

    @Test func `is told once more to who comes later, and not to who has seen the end`() async throws {
        try await Scene.play { scene in
            let location = try await scene.startWarming(#"{\#(scene.members("Orchard")),"token_ids":[1]}"#)
            _ = try await scene.finished(location)
            let late = EventStream(try await scene.admin("GET", "\(location)/events").text).events
            #expect(late.map(\.name) == ["end"])
            let client = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
            func again(_ identifier: String) async throws -> Int {
                try await client.request(
                    "GET", "\(location)/events",
                    fields: ["Authorization: Bearer \(Scene.adminToken)", "Last-Event-ID: \(identifier)"]
                ).status
            }
            #expect(try await again("finished-1") == 204)
            #expect(try await again("running-0") == 200)
            await client.close()
            #expect(try await scene.admin("GET", "/admin/warm/none/events").status == 404)
            #expect(try await scene.admin("POST", "\(location)/events").status == 405)
            #expect(try await scene.admin("GET", "\(location)/retry").status == 405)
            #expect(try await scene.admin("GET", "\(location)/nothing").status == 404)
        }
    }

    @Test func `is told to a bounded number of clients, which may leave`() async throws {
        try await Scene.play { scene in
            let location = try await scene.startWarming(
                #"{\#(scene.members("Orchard")),"from":"0","to":"9999","rate":10}"#)
            var followers: [HTTPConnection] = []
            for _ in 0..<32 {
                let client = try await HTTPConnection.open(to: scene.proxy.adminAddress, on: scene.loop)
                let head = "GET \(location)/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(Scene.adminToken)"
                await client.send("\(head)\r\n\r\n")
                followers.append(client)
            }
            try await eventually("all follow") {
                try await scene.admin("GET", "/metrics").text.contains("mintcache_warm_listeners 32\n")
            }
            let refused = try await scene.admin("GET", "\(location)/events")
            #expect(refused.status == 503 && refused["Retry-After"] != nil)
            for client in followers { await client.close() }
            try await eventually("all are gone") {
                try await scene.admin("GET", "/metrics").text.contains("mintcache_warm_listeners 0\n")
            }
            _ = try await scene.admin("DELETE", location)
        }
    }

    @Test func `is counted for Prometheus`() async throws {
        try await Scene.play { scene in
            let body = #"{\#(scene.members("Orchard")),"from":"0","to":"4"}"#
            _ = try await scene.warmed(body)
            _ = try await scene.warmed(body)
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_warm_tokens_total{outcome=\"fetched\"} 5\n"))
            #expect(metrics.contains("mintcache_warm_tokens_total{outcome=\"already_fresh\"} 5\n"))
            #expect(metrics.contains("mintcache_warm_jobs 0\n"))
        }
    }
}
