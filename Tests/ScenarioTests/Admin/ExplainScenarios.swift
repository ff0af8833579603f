import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("An explanation", .timeLimit(.minutes(2))) struct ExplainScenarios {
    @Test func `of a token on IPFS tells every step, with durations, sizes and addresses`() async throws {
        try await Scene.play { scene in
            let explanation = try await scene.explanation("Orchard", 1)
            #expect(explanation["outcome"]?.string == "document")
            #expect(explanation["source"]?.string == "onchain")
            #expect(explanation["token_uri"]?.string?.hasPrefix("ipfs://") == true)
            let steps = Array(try #require(explanation["steps"]).elements)
            #expect(
                steps.map { $0["step"]?.string } == [
                    "source", "rpc", "calls", "token-uri", "locate", "document", "read",
                ])
            #expect(steps.allSatisfy { $0["at_ms"] != nil && $0["duration_ms"] != nil && $0["source"] != nil })
            let address = scene.upstream.baseURL.dropFirst("http://".count)
            for request in [steps[1], steps[5]] {
                #expect(request["address"]?.string == String(address))
                #expect(request["address_guard"]?.string?.hasPrefix("not asked") == true)
                #expect(request["outcome"]?.string == "status-200")
                #expect(try #require(request["response_bytes"]?.integer) > 0)
            }
            #expect(steps[1]["request_bytes"]?.integer != 0)
            let functions = steps[2]["calls"]?.elements.map { $0["function"]?.string }
            #expect(functions?.contains("tokenURI(uint256)") == true)
            #expect(steps[4]["outcome"]?.string == "ipfs")
            #expect(steps[6]["outcome"]?.string == "document")
            #expect(steps[6]["content_type"]?.string == "application/json")
            #expect(steps[6]["looks_like_placeholder"]?.boolean == false)
            #expect(steps[6]["bytes"]?.integer == explanation["bytes"]?.integer)
        }
    }

    @Test func `tells how the lifetime comes about`() async throws {
        try await Scene.play(Scene.Options(cache: ["immutable_ttl: 10h", "ttl_jitter: 10%"])) { scene in
            let ttl = try #require(try await scene.explanation("Orchard", 1)["ttl"])
            func number(_ name: String) throws -> Double { try Self.number(ttl[name]) }
            #expect(ttl["class"]?.string == "immutable")
            #expect(try number("base_seconds") == 36_000)
            #expect(try number("grown_seconds") == 36_000)
            let jitter = try number("jitter_seconds")
            #expect(jitter != 0 && abs(jitter) <= 3_600)
            #expect(abs(try number("ttl_seconds") - 36_000 - jitter) < 0.01)
            // What is really kept has the same.
            _ = try await scene.get(scene.path("Orchard", 1))
            let left = try Self.number(try await scene.entries("Orchard", 1)["archive"]?["ttl_seconds"])
            #expect(abs(left - 36_000 - jitter) < 30)
        }
    }

    @Test func `asks the sources though everything is cached, and stores nothing`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let before = scene.upstream.counters
            #expect(try await scene.explanation("Orchard", 1)["outcome"]?.string == "document")
            #expect(try await scene.explanation("Orchard", 1)["outcome"]?.string == "document")
            let after = scene.upstream.counters
            #expect(after.totalTokenURICalls == before.totalTokenURICalls + 2)
            #expect(after.ipfsRequests == before.ipfsRequests + 2)
            #expect(try await scene.explanation("Orchard", 2)["outcome"]?.string == "document")
            #expect(try await scene.entries("Orchard", 2)["held"]?.boolean == false)
        }
    }

    @Test func `of a URI that leads to a private address tells what the guard says`() async throws {
        try await Scene.play { scene in
            let explanation = try await scene.explanation("Ember", 7)
            #expect(explanation["outcome"]?.string == "unusable")
            #expect(explanation["ttl"]?["class"]?.string == "refused")
            let request = explanation["steps"]?.elements.first { $0["step"]?.string == "document" }
            #expect(request?["host"]?.string == "127.0.0.1:1")
            #expect(request?["outcome"]?.string?.hasPrefix("refused-") == true)
            #expect(request?["address_guard"]?.string?.hasPrefix("refused: ") == true)
            #expect(request?["address"] == nil)
        }
    }

    @Test(arguments: [
        (UInt64(1), "missing", "missing"), (11, "unusable", "missing"), (18, "unusable", "malformed"),
    ])
    func `of a token without metadata tells why, and for how long that is believed`(
        token: UInt64, outcome: String, kind: String
    ) async throws {
        try await Scene.play { scene in
            let explanation = try await scene.explanation("Ember", token)
            #expect(explanation["outcome"]?.string == outcome)
            #expect(explanation["reason"]?.string?.isEmpty == false)
            #expect(explanation["ttl"]?["class"]?.string == kind)
        }
    }

    @Test func `when no source answers tells the problem and what was tried`() async throws {
        try await Scene.play { scene in
            scene.fails("/rpc", status: 500)
            let explanation = try await scene.explanation("Orchard", 1)
            #expect(explanation["outcome"]?.string == "failed")
            #expect(explanation["problem"]?["status"]?.integer == 502)
            let request = explanation["steps"]?.elements.first { $0["step"]?.string == "rpc" }
            #expect(request?["outcome"]?.string == "status-500")
        }
    }

    @Test func `tells of each source in turn, and never its key`() async throws {
        let options = SampleSources.options(SampleSources.alchemy(), "onchain")
        try await Scene.play(options) { scene in
            scene.fails("/alchemy", status: 500)
            let answer = try await scene.admin("GET", scene.adminPath("explain", "Orchard", 1))
            #expect(!answer.text.contains(SampleSources.key))
            let explanation = try JSONDocument(validating: answer.body).root
            let sources = explanation["steps"]?.elements.filter { $0["step"]?.string == "source" }
            #expect(sources?.map { $0["source"]?.string } == ["alchemy", "onchain"])
            #expect(sources?.map { $0["outcome"]?.string } == ["upstream-failed", "document"])
        }
    }

    @Test(arguments: [
        ("/admin/explain/demo/0x1", 400), ("/admin/explain/none/0x0000000000000000000000000000000000000001/1", 404),
        ("/admin/explain/demo/0x0000000000000000000000000000000000000001/-1", 400),
        ("/admin/entries/demo/0x0000000000000000000000000000000000000001/1/metadata", 400),
    ])
    func `is refused for what names no token`(target: String, status: Int) async throws {
        try await Scene.play { scene in
            let answer = try await scene.admin("GET", target)
            #expect(answer.status == status)
            #expect(answer["Content-Type"] == "application/problem+json")
        }
    }

    static func number(_ value: JSONValue?) throws -> Double {
        let value = try #require(value)
        return try #require(Double(String(decoding: value.text, as: UTF8.self)))
    }
}

extension Scene {
    func adminPath(_ route: String, _ collection: String, _ token: UInt64) -> String {
        "/admin/\(route)/demo/\(contract(collection).lowercase)/\(token)"
    }

    func explanation(_ collection: String, _ token: UInt64) async throws -> JSONValue {
        try await look("explain", collection, token)
    }

    func entries(_ collection: String, _ token: UInt64) async throws -> JSONValue {
        try await look("entries", collection, token)
    }

    private func look(_ route: String, _ collection: String, _ token: UInt64) async throws -> JSONValue {
        let answer = try await admin("GET", adminPath(route, collection, token))
        guard answer.status == 200 else { throw TestSupportError("status \(answer.status): \(answer.text)") }
        return try JSONDocument(validating: answer.body).root
    }
}
