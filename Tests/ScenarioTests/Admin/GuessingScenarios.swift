import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Who guesses the admin token", .timeLimit(.minutes(2))) struct GuessingScenarios {
    @Test func `is not listened to for the rest of the minute, not even with the right token`() async throws {
        try await LoggedScene.play(level: "error") { scene, lines in
            for _ in 0..<5 { #expect(try await scene.admin("GET", "/admin/stats", token: "guess").status == 401) }
            for token in ["guess", Scene.adminToken] {
                let answer = try await scene.admin("GET", "/admin/stats", token: token)
                #expect(answer.status == 429)
                #expect(answer["Retry-After"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            }
            scene.time.advance(by: .seconds(60))
            #expect(try await scene.admin("GET", "/admin/stats").status == 200)
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
            for line in try await lines("", 0) {
                #expect(line["path"]?.string?.contains("guess") != true)
            }
        }
    }

    @Test func `is no other client behind the same trusted proxy`() async throws {
        try await LoggedScene.play(level: "warning", server: [Self.trustsLoopback]) { scene, lines in
            for number in 0..<5 {
                // What stands before the proxy's own entry may be anybody's invention.
                let answer = try await guess(in: scene, "198.51.100.\(number), 192.0.2.1")
                #expect(answer.status == 401)
            }
            #expect(try await guess(in: scene, "198.51.100.9, 192.0.2.1").status == 429)
            let operators = try await scene.admin("POST", "/admin/reload", "X-Forwarded-For: 192.0.2.2")
            #expect(operators.status == 200)
            #expect(try await scene.admin("GET", "/admin/stats").status == 200)
            let refused = try await lines("an admin request was refused", 6)
            #expect(refused.allSatisfy { $0["client"]?.string == "192.0.2.1" })
            #expect(refused.allSatisfy { $0["peer"]?.string?.hasPrefix("127.0.0.1:") == true })
            #expect(try await lines("admin action", 1).first?["client"]?.string == "192.0.2.2")
        }
    }

    @Test func `cannot be somebody else at every attempt by a field that no trusted proxy sent`() async throws {
        try await Scene.play(Scene.Options(server: ["trusted_proxies: [192.0.2.0/24]"])) { scene in
            for number in 0..<5 {
                let answer = try await guess(in: scene, "198.51.100.\(number)")
                #expect(answer.status == 401)
            }
            let last = try await guess(in: scene, "198.51.100.5")
            #expect(last.status == 429)
            #expect(try await scene.admin("GET", "/admin/stats").status == 429)
        }
    }

    private static let trustsLoopback = "trusted_proxies: [127.0.0.1]"

    private func guess(in scene: Scene, _ forwardedFor: String) async throws -> HTTPAnswer {
        try await scene.admin("GET", "/admin/stats", "X-Forwarded-For: \(forwardedFor)", token: "guess")
    }
}
