import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The admin listener", .timeLimit(.minutes(2))) struct AdminScenarios {
    @Test(arguments: [nil, "wrong", ""])
    func `refuses everything without the token`(token: String?) async throws {
        try await Scene.play { scene in
            for target in ["/admin/stats", "/metrics", "/admin/warm", "/admin/config", "/nothing"] {
                let answer = try await scene.admin("GET", target, token: token)
                #expect(answer.status == 401, "\(target)")
                #expect(answer["WWW-Authenticate"] != nil)
            }
        }
    }

    @Test func `warms a range, tells its progress, and the tokens are in memory afterwards`() async throws {
        try await Scene.play { scene in
            let body = """
                {"chain":"demo","contract":"\(scene.contract("Orchard").lowercase)","from":"0","to":"199","concurrency":32}
                """
            let accepted = try await scene.admin("POST", "/admin/warm", body: body)
            #expect(accepted.status == 202)
            let location = try #require(accepted["Location"])
            let last = try await finished(location, in: scene)
            #expect(last["total"]?.integer == 200)
            #expect(last["done"]?.integer == 200)
            #expect(last["fetched"]?.integer == 200)
            #expect(last["failed"]?.integer == 0)
            let answer = try await scene.get(scene.path("Orchard", 150))
            #expect(answer["Cache-Status"]?.hasSuffix("detail=memory") == true)
            let again = try await scene.admin("POST", "/admin/warm", body: body)
            let second = try await finished(try #require(again["Location"]), in: scene)
            #expect(second["already_fresh"]?.integer == 200)
            #expect(scene.upstream.counters.totalTokenURICalls == 200)
        }
    }

    @Test func `warms a list and says which tokens failed and why`() async throws {
        try await Scene.play { scene in
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            let orchard = scene.contract("Orchard").checksummed, ember = scene.contract("Ember").checksummed
            let body = """
                {"tokens":["\(chain)/erc721:\(orchard)/1",{"chain":"demo","contract":"\(ember)","token_id":"1"}]}
                """
            let accepted = try await scene.admin("POST", "/admin/warm", body: body)
            let last = try await finished(try #require(accepted["Location"]), in: scene)
            #expect(last["fetched"]?.integer == 1)
            #expect(last["failed"]?.integer == 1)
            let failure = last["failures"]?.elements.first { _ in true }
            #expect(failure?["reason"]?.string?.contains("does not exist") == true)
        }
    }

    @Test func `stops a job when told to`() async throws {
        try await Scene.play { scene in
            let body = """
                {"chain":"demo","contract":"\(scene.contract("Orchard").lowercase)","from":"0","to":"9999","rate":20}
                """
            let location = try #require(try await scene.admin("POST", "/admin/warm", body: body)["Location"])
            #expect(try await scene.admin("DELETE", location).status == 200)
            let last = try await finished(location, in: scene)
            #expect(last["state"]?.string == "cancelled")
            #expect(try await scene.admin("GET", "/admin/warm/none").status == 404)
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"tokens":[]}"#, #"{"tokens":["x"]}"#,
        #"{"chain":"demo","contract":"0x1","from":"0","to":"1"}"#,
        #"{"chain":"none","contract":"0x0000000000000000000000000000000000000001","from":"0","to":"1"}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","from":"2","to":"1"}"#,
        #"{"tokens":["eip155:1337/erc721:0x0000000000000000000000000000000000000001/1"],"surprise":1}"#,
    ])
    func `refuses a warm request that makes no sense`(body: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.admin("POST", "/admin/warm", body: body)
            #expect((400..<500).contains(answer.status))
            #expect(answer["Content-Type"] == "application/problem+json")
        }
    }

    @Test func `counts what happens, for people and for Prometheus`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            _ = try await scene.get(scene.path("Orchard", 1))
            let metrics = try await scene.admin("GET", "/metrics").text
            #expect(metrics.contains("mintcache_lookups_total{tier=\"memory\",result=\"hit\"} 1\n"))
            #expect(metrics.contains("mintcache_flights_total 1\n"))
            #expect(metrics.contains("mintcache_http_responses_total{code=\"2xx\"} 2\n"))
            let stats = try JSONDocument(validating: try await scene.admin("GET", "/admin/stats").body).root
            #expect(stats["gauges"]?["memory_entries"]?.integer == 1)
            let config = try await scene.admin("GET", "/admin/config").text
            #expect(config.contains("ttl: 1d"))
            #expect(!config.contains(Scene.adminToken))
        }
    }

    private func finished(_ location: String, in scene: Scene) async throws -> JSONValue {
        var last: JSONValue?
        try await eventually(within: .seconds(20), "the job has ended") {
            let answer = try await scene.admin("GET", location)
            last = try JSONDocument(validating: answer.body).root
            return !["queued", "running"].contains(last?["state"]?.string)
        }
        return try #require(last)
    }
}
