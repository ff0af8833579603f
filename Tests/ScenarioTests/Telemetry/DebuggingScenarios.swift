import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Debugging a collection", .timeLimit(.minutes(2))) struct DebuggingScenarios {
    @Test func `puts every step of its flights into the log, and of no others`() async throws {
        try await logged { scene, lines in
            let contract = scene.contract("Orchard").checksummed
            let body = #"{"chain":"demo","contract":"\#(contract)","seconds":60}"#
            let answer = try await scene.admin("POST", "/admin/debug", body: body)
            #expect(answer.status == 200)
            let rules = try JSONDocument(validating: answer.body).root["collections"]?.elements
            #expect(rules.map { Array($0) }?.first?["contract"]?.string?.lowercased() == contract.lowercased())
            _ = try await scene.get(scene.path("Lantern", 1))
            _ = try await scene.get(scene.path("Orchard", 1))
            let flight = try #require(try await lines("debug: flight", 1).first)
            #expect(flight["token"]?.string?.hasSuffix("/1") == true)
            #expect(flight["outcome"]?.string == "fetched-document")
            let steps = flight["steps"]?.elements.compactMap { $0["step"]?.string } ?? []
            #expect(Set(steps).isSuperset(of: ["source", "rpc", "token-uri", "document", "read"]))
        }
    }

    @Test func `ends when its time is up, or when it is given none`() async throws {
        try await logged { scene, lines in
            let collection = #""chain":"demo","contract":"\#(scene.contract("Orchard").lowercase)""#
            _ = try await scene.admin("POST", "/admin/debug", body: "{\(collection)}")
            scene.time.advance(by: .seconds(301))
            _ = try await scene.get(scene.path("Orchard", 1))
            _ = try await scene.admin("POST", "/admin/debug", body: "{\(collection),\"seconds\":60}")
            _ = try await scene.admin("POST", "/admin/debug", body: "{\(collection),\"seconds\":0}")
            _ = try await scene.get(scene.path("Orchard", 2))
            let list = try await scene.admin("GET", "/admin/debug")
            #expect(list.text == #"{"collections":[]}"#)
            #expect(try await lines("debug: flight", 0).isEmpty)
        }
    }

    @Test(arguments: [
        "{}", #"{"chain":"demo"}"#, #"{"chain":"demo","contract":"0x12"}"#, "[]",
        #"{"chain":"nowhere","contract":"0x0000000000000000000000000000000000000001"}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","seconds":-1}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","seconds":"9"}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","seconds":86401}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","sample":1.5}"#,
        #"{"chain":"demo","contract":"0x0000000000000000000000000000000000000001","rate":1}"#,
    ])
    func `is refused with the reason when it is asked for in a wrong way`(body: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.admin("POST", "/admin/debug", body: body)
            #expect(answer.status == 400 || answer.status == 404)
            #expect(answer["Content-Type"] == "application/problem+json")
        }
    }

    @Test func `is for administrators`() async throws {
        try await Scene.play { scene in
            let stranger = try await scene.admin("GET", "/admin/debug", token: nil)
            #expect(stranger.status == 401)
            let other = try await scene.admin("DELETE", "/admin/debug")
            #expect(other.status == 405 && other["Allow"] == "GET, HEAD, POST, OPTIONS")
        }
    }

    private func logged(
        _ scenario: (Scene, @escaping (String, Int) async throws -> [JSONValue]) async throws -> Void
    ) async throws {
        try await LoggedScene.play(level: "error", scenario)
    }
}
