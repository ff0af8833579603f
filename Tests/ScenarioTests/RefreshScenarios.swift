import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A refresh that a client asks for", .timeLimit(.minutes(2))) struct RefreshScenarios {
    @Test func `is accepted, and the new document is served`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            scene.upstream.advanceLantern()
            let answer = try await scene.post(scene.path("Lantern", 1, "/refresh"))
            #expect(answer.status == 202)
            #expect(answer["Cache-Control"] == "no-store")
            let body = try JSONDocument(validating: answer.body).root
            #expect(body["chain"]?.string == "eip155:\(SampleUpstream.chainIdentifier)")
            #expect(body["contract"]?.string == scene.contract("Lantern").checksummed)
            #expect(body["token_id"]?.string == "1")
            #expect(body["state"]?.string == "under-way")
            let location = try #require(answer["Location"])
            #expect(body["location"]?.string == location)
            try await eventually("the new document is served") {
                try await scene.get(location).text.contains("Night 2.")
            }
        }
    }

    @Test func `is accepted once for each token and cool-down`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1, "/refresh")
            #expect(try await scene.post(path).status == 202)
            let refused = try await scene.post(path)
            #expect(refused.status == 429)
            #expect(refused.text.contains("urn:mintcache:problem:refresh-cooldown"))
            #expect(refused["Retry-After"].flatMap { Int($0) }.map((1...60).contains) == true)
            #expect(try await scene.post(scene.path("Lantern", 2, "/refresh")).status == 202)
            scene.time.advance(by: .seconds(61))
            #expect(try await scene.post(path).status == 202)
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_refresh_requests_total{result=\"accepted\"} 3"))
            #expect(metrics.contains("mintcache_refresh_requests_total{result=\"cooldown\"} 1"))
        }
    }

    @Test func `has its cool-down from the configuration`() async throws {
        try await Scene.play(Scene.Options(cache: ["refresh_cooldown: 5s"])) { scene in
            let path = scene.path("Lantern", 1, "/refresh")
            #expect(try await scene.post(path).status == 202)
            let refused = try await scene.post(path)
            #expect(refused["Retry-After"].flatMap { Int($0) }.map((1...5).contains) == true)
            scene.time.advance(by: .seconds(6))
            #expect(try await scene.post(path).status == 202)
        }
    }

    @Test func `has one cool-down however the token is written`() async throws {
        try await Scene.play { scene in
            let lantern = scene.contract("Lantern")
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            let first = try await scene.post("/v1/assets/\(chain)/erc721:\(lantern.checksummed)/1/refresh")
            #expect(first.status == 202)
            for spelling in [
                "/v1/demo/\(lantern.lowercase)/0x1/refresh", "/v1/\(chain)/\(lantern.checksummed)/1/refresh",
            ] {
                #expect(try await scene.post(spelling).status == 429, "\(spelling)")
            }
        }
    }

    @Test func `during a fetch is followed by another fetch`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: "/web/"))
            slow.delay = .milliseconds(300)
            scene.upstream.setFault(slow)
            async let first = scene.get(scene.path("Lantern", 1))
            try await eventually("the fetch has begun") { scene.upstream.counters.totalTokenURICalls == 1 }
            let answer = try await scene.post(scene.path("Lantern", 1, "/refresh"))
            #expect(answer.status == 202)
            #expect(answer.text.contains("\"state\":\"queued\""))
            #expect(try await first.status == 200)
            try await eventually("the sources were asked again") {
                scene.upstream.counters.totalTokenURICalls == 2
            }
        }
    }

    @Test func `that no source answers leaves the copy held in its place`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            let requests = scene.upstream.counters.requests
            #expect(try await scene.post(scene.path("Lantern", 1, "/refresh")).status == 202)
            try await eventually("the source was asked") { scene.upstream.counters.requests > requests }
            #expect(try await scene.get(scene.path("Lantern", 1)).status == 200)
        }
    }

    @Test func `is a POST without parameters for a token there could be`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Lantern", 1, "/refresh")
            let get = try await scene.get(path)
            #expect(get.status == 405)
            #expect(get["Allow"] == "POST, OPTIONS")
            #expect(try await scene.post(path + "?force=1").status == 400)
            #expect(
                try await scene.post(scene.path("Lantern", 1, "/refresh").replacing("/demo/", with: "/other/")).status
                    == 404)
            #expect(try await scene.post("/v1/demo/0x12/1/refresh").status == 400)
            let client = try await scene.client()
            let preflight = try await client.request(
                "OPTIONS", path, fields: ["Origin: https://shop.example", "Access-Control-Request-Method: POST"])
            #expect(preflight.status == 204)
            #expect(preflight["Allow"] == "POST, OPTIONS")
            #expect(preflight["Access-Control-Allow-Methods"] == "POST, OPTIONS")
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `of a collection that is switched off is refused`() async throws {
        let section =
            "collections: [ { chain: demo, contract: \"0x7eED2EF1198FDdAfdE931823BAddA8F0C86b272d\", disabled: true } ]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            let refused = try await scene.post(scene.path("Lantern", 1, "/refresh"))
            #expect(refused.status == 404)
            #expect(scene.upstream.counters.requests == 0)
        }
    }
}
