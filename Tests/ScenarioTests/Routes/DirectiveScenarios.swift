import Testing

@testable import Mintcache

@Suite("Routes: what an answer forbids", .timeLimit(.minutes(1))) struct DirectiveScenarios {
    @Test(arguments: Tier.allCases, ["no-cache", "max-age=100, no-cache", "max-age=100, no-cache=\"x-secret\""])
    func `RFC 9111 §5.2.2.4: no-cache is stored and validated every time`(
        tier: Tier, directives: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: \(directives)", "ETag: \"a\"", "X-Secret: s"], "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            for count in 2...3 {
                scene.origin.answers(304, ["Cache-Control: \(directives)", "ETag: \"a\""])
                let answer = try await scene.get("/x")
                answer.expect(200, "one", .reason("stale"))
                #expect(scene.origin.lastRequest?["If-None-Match"] == "\"a\"")
                #expect(scene.origin.requestCount == count)
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.2.4: no-cache comes before every lifetime`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: no-cache, max-age=100"), .asked("Cache-Control: no-cache, s-maxage=100"),
                .asked("Cache-Control: no-cache", "Expires: {now+100}"),
                .asked("Cache-Control: no-cache", "Last-Modified: {now-10000}"),
                .asked("Cache-Control: no-cache=\"x-a, x-b\", max-age=100"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.2.5 and §5.2.2.7: no-store and private are never stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            for directive in ["no-store", "private", "private=\"x-a\"", "No-Store", "PRIVATE"] {
                try await scene.check(
                    .asked("Cache-Control: \(directive), max-age=100"),
                    .asked("Cache-Control: max-age=100, \(directive)", "ETag: \"a\""),
                    .asked("Cache-Control: \(directive)", "Expires: {now+100}"),
                    .asked("Cache-Control: \(directive)", "Last-Modified: {now-10000}", status: 404))
                // What is not stored is not validated either.
                #expect(scene.origin.requests.allSatisfy { $0["If-None-Match"] == nil })
            }
        }
    }

    @Test(arguments: Tier.allCases, ["must-revalidate, max-age=10", "proxy-revalidate, max-age=10", "s-maxage=10"])
    func `RFC 9111 §4.2.4: what must be revalidated is never served stale, whatever else permits it`(
        tier: Tier, directives: String
    ) async throws {
        let options = RouteScene.Options.origin("stale_if_error: 1h", "stale_while_revalidate: 1h")
        try await RouteScene.play(tier, options) { scene in
            let fields = ["Cache-Control: \(directives), stale-if-error=1000, stale-while-revalidate=1000"]
            scene.origin.answers(200, fields, "one")
            try await scene.get("/x").expect(200, "one")
            scene.pass(seconds: 5)
            try await scene.get("/x").expect(200, "one", .hit)
            scene.pass(seconds: 15)
            scene.origin.answers(200, fields, "two")
            try await scene.get("/x", "Cache-Control: max-stale").expect(200, "two", .reason("stale"))
            scene.pass(seconds: 15)
            scene.origin.answers(503, [], "down")
            try await scene.get("/x").expect(503, "down")
            await scene.origin.vanish()
            let answer = try await scene.get("/x")
            #expect([502, 504].contains(answer.status))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §3.5: an answer to a request with Authorization is reused only when it says so`(
        tier: Tier
    ) async throws {
        let credentials = ["Authorization: Basic YTpi"]
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", request: credentials),
                .asked("Expires: {now+100}", request: credentials),
                .asked("Last-Modified: {now-10000}", request: credentials),
                .reused("Cache-Control: max-age=100, public", request: credentials),
                .reused("Cache-Control: max-age=100, must-revalidate", request: credentials),
                .reused("Cache-Control: s-maxage=100", request: credentials),
                .asked("Cache-Control: max-age=100, proxy-revalidate", request: credentials))
            #expect(scene.origin.requests.allSatisfy { $0["Authorization"] == "Basic YTpi" })
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §7.3: Set-Cookie is stored and replayed where the origin made the answer cacheable`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Set-Cookie: a=b", "Set-Cookie: c=d"], "one")
            try await scene.get("/x")
            let answer = try await scene.get("/x")
            answer.expect(200, "one", .hit)
            #expect(answer.values("Set-Cookie") == ["a=b", "c=d"])
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §7.3: a route may leave answers with Set-Cookie out of its store`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("set_cookie: false")) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", "Set-Cookie: a=b"), .reused("Cache-Control: max-age=100"))
        }
    }
}
