import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("The access log", .timeLimit(.minutes(2))) struct AccessLogScenarios {
    @Test func `tells of each request what it was about, who answered, how long it took and what it cost`()
        async throws
    {
        try await LoggedScene.play(level: "error") { scene, lines in
            _ = try await scene.get(scene.path("Orchard", 1), "X-Request-Id: a")
            _ = try await scene.get(scene.path("Orchard", 1), "X-Request-Id: b")
            _ = try await scene.get("/nowhere", "X-Request-Id: c")
            let requests = try await lines("", 3).sorted {
                ($0["request_id"]?.string ?? "") < ($1["request_id"]?.string ?? "")
            }
            #expect(requests.map { $0["request_id"]?.string } == ["a", "b", "c"])
            #expect(requests.map { $0["tier"]?.string } == ["upstream", "memory", "none"])
            #expect(requests.map { $0["route"]?.string } == ["token", "token", "route"])
            #expect(requests.map { $0["status"]?.integer } == [200, 200, 404])
            #expect(requests.map { $0["upstream_requests"]?.integer } == [2, 0, 0])
            for request in requests {
                let duration = try #require(request["duration_ms"]?.text)
                #expect(String(decoding: duration, as: UTF8.self).wholeMatch(of: /\d+\.\d\d\d/) != nil)
            }
        }
    }
}
