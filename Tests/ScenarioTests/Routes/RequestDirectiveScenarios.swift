import Testing

@testable import Mintcache

@Suite("Routes: what a request asks of the cache", .timeLimit(.minutes(1))) struct RequestDirectiveScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1: max-age, min-fresh and max-stale bound what the client takes`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", after: 20, later: ["Cache-Control: max-age=50"]),
                .asked("Cache-Control: max-age=100", after: 20, later: ["Cache-Control: max-age=10"]),
                .asked("Cache-Control: max-age=100", later: ["Cache-Control: max-age=0"]),
                .reused("Cache-Control: max-age=100", after: 20, later: ["Cache-Control: min-fresh=50"]),
                .asked("Cache-Control: max-age=100", after: 20, later: ["Cache-Control: min-fresh=90"]),
                .reused("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-stale"]),
                .reused("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-stale=50"]),
                .asked("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-stale=5"]),
                .asked("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-age=50"]),
                .reused("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-age=50, max-stale=50"]))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1.4 and §5.4: no-cache asks the origin, and so does Pragma where there is no Cache-Control`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", later: ["Cache-Control: no-cache"]),
                .asked("Cache-Control: max-age=100", later: ["Pragma: no-cache"]),
                .reused("Cache-Control: max-age=100", later: ["Pragma: no-cache", "Cache-Control: max-age=1000"]),
                .reused("Cache-Control: max-age=100", later: ["Pragma: other"]),
                .reused("Cache-Control: max-age=100", "Pragma: no-cache"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1.4: what no-cache asked for may be validated, and is stored for the others`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"a\""], "one")
            try await scene.get("/x")
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"b\""], "two")
            try await scene.get("/x", "Cache-Control: no-cache").expect(200, "two", .reason("request"))
            try await scene.get("/x").expect(200, "two", .hit)
            scene.origin.answers(304, ["ETag: \"b\""])
            scene.pass(seconds: 50)
            try await scene.get("/x", "Cache-Control: no-cache").expect(200, "two", .reason("request"))
            #expect(scene.origin.lastRequest?["If-None-Match"] == "\"b\"")
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1.5: the answer to a request with no-store is not stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "one")
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "two")
            try await scene.get("/x", "Cache-Control: no-store").expect(200, "one")
            try await scene.get("/x").expect(200, "two", .forwarded)
            try await scene.get("/x").expect(200, "two", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1.7: only-if-cached never asks the origin`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let answer = try await scene.get("/x", "Cache-Control: only-if-cached")
            answer.expect(504)
            #expect(answer.text.contains("not-cached"))
            #expect(scene.origin.requestCount == 0)
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "one")
            try await scene.get("/x")
            try await scene.get("/x", "Cache-Control: only-if-cached").expect(200, "one", .hit)
            scene.pass(seconds: 200)
            try await scene.get("/x", "Cache-Control: only-if-cached").expect(504)
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1: a route may ignore what requests ask of the cache`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("request_directives: ignore")) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", later: ["Cache-Control: no-cache"]),
                .reused("Cache-Control: max-age=100", later: ["Cache-Control: max-age=0"]),
                .reused("Cache-Control: max-age=100", later: ["Cache-Control: min-fresh=1000"]),
                .reused("Cache-Control: max-age=100", later: ["Pragma: no-cache"]),
                .reused("Cache-Control: max-age=100", request: ["Cache-Control: no-store"]),
                .asked("Cache-Control: max-age=10", after: 20, later: ["Cache-Control: max-stale"]))
        }
    }

    @Test(arguments: Tier.allCases)
    func `Override mode ignores what requests ask of the cache, unless told otherwise`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s")) { scene in
            try await scene.check(
                .reused(later: ["Cache-Control: no-cache"]), .reused(later: ["Pragma: no-cache"]))
        }
        try await RouteScene.play(tier, .override("ttl: 100s", "request_directives: honour")) { scene in
            try await scene.check(.asked(later: ["Cache-Control: no-cache"]), .reused())
        }
    }
}
