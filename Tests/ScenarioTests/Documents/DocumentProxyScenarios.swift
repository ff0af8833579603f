import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Documents behind the proxy", .timeLimit(.minutes(2))) struct DocumentProxyScenarios {
    private static let day = Duration.seconds(86_400 + 9000)

    @Test func `content that cannot change is not fetched again when its token's time is up`() async throws {
        try await Scene.play(Scene.Options(cache: ["stale_while_revalidate: 0s"])) { scene in
            let path = scene.path("Orchard", 7)
            let first = try await scene.get(path + "/metadata")
            scene.time.advance(by: Self.day)
            let second = try await scene.get(path + "/metadata")
            #expect(second.status == 200 && second.body == first.body)
            #expect(scene.upstream.counters.tokenURICalls(scene.contract("Orchard"), TokenIdentifier(7)) == 2)
            #expect(scene.upstream.counters.ipfsRequests == 1)
            let metrics = try await scene.admin("GET", "/metrics")
            #expect(metrics.text.contains("mintcache_document_reads_total{from=\"held\"} 1\n"))
        }
    }

    @Test func `E-119 a document that has not changed is not sent again`() async throws {
        try await Scene.play(Scene.Options(cache: ["stale_while_revalidate: 0s"])) { scene in
            let path = scene.path("Lantern", 3)
            let first = try await scene.get(path + "/metadata")
            scene.time.advance(by: Self.day)
            let unchanged = try await scene.get(path + "/metadata")
            #expect(unchanged.body == first.body && unchanged["Age"] == "0")
            #expect(scene.upstream.counters.webRequests == 2 && scene.upstream.counters.notModified == 1)
            scene.upstream.advanceLantern(3)
            scene.time.advance(by: Self.day)
            let changed = try await scene.get(path + "/metadata")
            #expect(changed.status == 200 && changed.body != first.body)
            #expect(scene.upstream.counters.notModified == 1)
        }
    }

    @Test func `E-118 a host's no-store does not shorten a collection's own time`() async throws {
        let lantern = "0x7eED2EF1198FDdAfdE931823BAddA8F0C86b272d"
        let section = "collections: [ { chain: demo, contract: \"\(lantern)\", ttl: 5m } ]"
        let options = Scene.Options(
            cache: ["stale_while_revalidate: 0s", "ttl_jitter: 0%"], sections: [section])
        try await Scene.play(options) { scene in
            var dynamic = Fault(.path(prefix: "/web/"))
            dynamic.fields = [("Cache-Control", "no-store")]
            scene.upstream.setFault(dynamic)
            let path = scene.path("Lantern", 1)
            for (seconds, requests) in [(0, 1), (240, 1), (120, 2)] {
                scene.time.advance(by: .seconds(seconds))
                let answer = try await scene.get(path)
                #expect(answer.status == 200)
                #expect(scene.upstream.counters.webRequests == requests, "\(seconds) s later")
            }
        }
    }

    @Test func `how gateways do is shown, and outlives a reload`() async throws {
        try await Scene.play { scene in
            var failing = Fault(.path(prefix: "/ipfs/"), times: 1)
            failing.status = 503
            scene.upstream.setFault(failing)
            _ = try await scene.get(scene.path("Orchard", 1))
            _ = try await scene.get(scene.path("Orchard", 2))
            _ = try await scene.admin("POST", "/admin/reload")
            let stats = try JSONDocument(validating: try await scene.admin("GET", "/admin/stats").body).root
            let gateway = try #require(stats["gateways"].flatMap { Array($0.elements).first })
            #expect(gateway["host"]?.string == String(scene.upstream.baseURL.dropFirst("http://".count)))
            #expect(gateway["network"]?.string == "ipfs")
            #expect(gateway["answers"]?.integer == 1 && gateway["failures"]?.integer == 1)
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_gateway_failures_total{reason=\"server_error\"} 1\n"))
            #expect(metrics.contains("mintcache_gateway_hedges_total 0\n"))
        }
    }

    @Test func `documents behind Arweave's sandbox redirects are followed`() async throws {
        try await Scene.play(Scene.Options(usesArweaveSandbox: true)) { scene in
            let answer = try await scene.get(scene.path("Driftwood", 5))
            #expect(answer.status == 200)
            #expect(scene.upstream.counters.arweaveRequests == 2)
        }
    }
}
