import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("What an unsafe request has changed", .timeLimit(.minutes(1))) struct FleetInvalidationScenarios {
    /// Two instances that hold the same answer in memory.
    private func play(
        _ route: String = "cache: { mode: origin }", _ section: String = "",
        _ scenario: (FleetScene, ScriptedOrigin) async throws -> Void
    ) async throws {
        let origin = try await ScriptedOrigin(time: TimeSource())
        var options = Scene.Options()
        options.sections = [
            """
            routes:
              - name: scripted
                path: "/api/"
                upstream: "http://127.0.0.1:\(origin.port)/api/"
                \(route)
            \(section)
            """
        ]
        try await FleetScene.play(of: 2, options) { fleet in
            origin.always { _ in Reply(200, ["Cache-Control: max-age=1000"], "old") }
            try await eventually("both hold it in memory") {
                for proxy in fleet.proxies {
                    let answer = try await fleet.scene.get("/api/a", from: proxy)
                    guard answer.text == "old", answer.isFromMemory else { return false }
                }
                return true
            }
            origin.always { _ in Reply(200, ["Cache-Control: max-age=1000"], "new") }
            try await scenario(fleet, origin)
        }
        await origin.stop()
    }

    @Test func `is forgotten by every instance`() async throws {
        try await play { fleet, _ in
            #expect(try await fleet.scene.post("/api/a", to: fleet.proxies[0]).status == 200)
            #expect(try await fleet.scene.get("/api/a", from: fleet.proxies[0]).text == "new")
            try await eventually("the other one has heard of it") {
                try await fleet.scene.get("/api/a", from: fleet.proxies[1]).text == "new"
            }
        }
    }

    @Test func `is forgotten under every key where wallets have answers of their own`() async throws {
        let route = "cache: { mode: origin, key_headers: [X-Lang] }\n    auth: optional"
        let sessions = "sessions: { enabled: true, domain: app.example.com, chains: [\"1\"] }"
        try await play(route, sessions) { fleet, _ in
            #expect(try await fleet.scene.post("/api/a", "X-Lang: de", to: fleet.proxies[0]).status == 200)
            #expect(try await fleet.scene.get("/api/a", from: fleet.proxies[0]).text == "new")
            try await eventually("the other one has heard of it") {
                try await fleet.scene.get("/api/a", from: fleet.proxies[1]).text == "new"
            }
        }
    }

    @Test func `is not brought back by what another instance was fetching`() async throws {
        try await play { fleet, origin in
            let gate = Gate()
            origin.answers(Reply(200, ["Cache-Control: max-age=1000"], "old").after(gate))
            async let early = fleet.scene.get("/api/b", from: fleet.proxies[1])
            try await eventually("the fetch has begun") { origin.requestCount == 2 }
            #expect(try await fleet.scene.post("/api/b", to: fleet.proxies[0]).status == 200)
            try await eventually("the other one has heard of it, and says so once more") {
                try await fleet.count(
                    "mintcache_fleet_announcements_total{kind=\"invalidated\"}", of: fleet.proxies[1]) == 2
            }
            gate.open()
            #expect(try await early.text == "old")
            for proxy in fleet.proxies { #expect(try await fleet.scene.get("/api/b", from: proxy).text == "new") }
        }
    }
}
