import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("What administrators do", .timeLimit(.minutes(2))) struct AuditScenarios {
    @Test func `is one log line for each action, with who and what came of it, whatever the log level`() async throws {
        try await audited { scene, lines in
            let tokens = #"{"tokens":["\#(scene.asset("Orchard", 1))"]}"#
            _ = try await scene.admin("POST", "/admin/warm", body: tokens)
            let refresh = try await scene.admin("POST", "/admin/refresh", body: tokens)
            let job = try #require(refresh["Location"])
            _ = try await scene.admin("DELETE", job)
            _ = try await scene.admin("GET", scene.adminPath("explain", "Orchard", 1))
            _ = try await scene.admin("POST", "/admin/reload")
            _ = try await scene.admin("POST", "/admin/purge", body: tokens)
            _ = try await scene.admin("POST", "/admin/warm", body: "[]")
            _ = try await scene.admin("DELETE", "/admin/sessions/\(TestWallet(1).address)")
            for target in ["/admin/stats", "/admin/config", "/admin/warm", job] {
                _ = try await scene.admin("GET", target)
            }
            let actions = try await lines(8).filter { $0["message"]?.string == "admin action" }
            #expect(
                actions.map { $0["action"]?.string } == [
                    "warm", "refresh", "cancel", "explain", "reload", "purge", "warm", "end-sessions",
                ])
            #expect(actions.map { $0["status"]?.string } == ["202", "202", "200", "200", "200", "200", "400", "200"])
            #expect(actions.allSatisfy { $0["client"]?.string == "127.0.0.1" })
            #expect(actions.allSatisfy { $0["peer"]?.string?.hasPrefix("127.0.0.1:") == true })
            #expect(actions[1]["result"]?.string == job)
            #expect(actions[2]["target"]?.string == job)
            #expect(actions[1]["subject"]?.string?.hasSuffix("/1") == true)
            let contract = scene.contract("Orchard").lowercase
            #expect(actions[5]["subject"]?.string?.hasSuffix("\(contract)/1") == true)
            #expect(actions[6]["result"]?.string == "invalid-request")
            #expect(actions[7]["target"]?.string?.hasSuffix(TestWallet(1).address) == true)
            #expect(actions[7]["subject"]?.string == "0 sessions")
        }
    }

    /// Plays a scene whose log is read: of actions when there are so many; with zero, all there are.
    private func audited(
        _ scenario: (Scene, @escaping (Int) async throws -> [JSONValue]) async throws -> Void
    ) async throws {
        try await LoggedScene.play(level: "error") { scene, lines in
            try await scenario(scene) { try await lines($0 == 0 ? "" : "admin action", $0) }
        }
    }
}

@Suite("A refresh by an administrator", .timeLimit(.minutes(2))) struct AdminRefreshScenarios {
    @Test func `fetches anew what is held fresh`() async throws {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            let body = #"{"tokens":["\#(scene.asset("Orchard", 1))"]}"#
            let accepted = try await scene.admin("POST", "/admin/refresh", body: body)
            #expect(accepted.status == 202)
            let location = try #require(accepted["Location"])
            try await eventually("it is done") {
                try JSONDocument(validating: try await scene.admin("GET", location).body).root["fetched"]?.integer == 1
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 2)
            #expect(try await scene.admin("GET", "/admin/refresh").status == 405)
        }
    }
}

extension Scene {
    /// A token as CAIP-19 has it.
    func asset(_ collection: String, _ token: UInt64) -> String {
        "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(contract(collection).checksummed)/\(token)"
    }
}
