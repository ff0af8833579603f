import Testing

@testable import Mintcache

@Suite("Routes: override mode", .timeLimit(.minutes(1))) struct OverrideScenarios {
    @Test(arguments: Tier.allCases)
    func `The route's lifetime wins over what the origin says`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s")) { scene in
            try await scene.check(
                .reused(after: 90), .asked(after: 110), .reused("Cache-Control: no-store", after: 90),
                .reused("Cache-Control: private, max-age=0", after: 90), .reused("Expires: 0", after: 90),
                .asked("Cache-Control: max-age=1000", after: 110), .reused("Cache-Control: no-cache", after: 90),
                .reused("Pragma: no-cache", after: 90), .asked("Set-Cookie: a=b"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `Absent things and errors have lifetimes of their own, and each status may have one`(tier: Tier) async throws {
        let options = RouteScene.Options.override(
            "ttl: 100s", "negative_ttl: 50s", "error_ttl: 10s", "ttl_by_status: { 410: 200s, 503: 0s, 5xx: 20s }")
        try await RouteScene.play(tier, options) { scene in
            let lifetimes = [
                (200, 100), (203, 100), (301, 100), (404, 50), (410, 200), (403, 10), (500, 20), (502, 20),
            ]
            for (status, seconds) in lifetimes {
                try await scene.check(
                    .reused(status: status, after: seconds - 2), .asked(status: status, after: seconds + 2))
            }
            try await scene.check(.asked(status: 503), .asked("Cache-Control: max-age=1000", status: 503))
        }
    }

    @Test(arguments: Tier.allCases)
    func `An error_ttl of zero keeps no errors`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s", "error_ttl: 0s")) { scene in
            try await scene.check(.asked(status: 500), .asked(status: 429), .reused(status: 404))
        }
    }

    @Test(arguments: Tier.allCases)
    func `Stale windows of the route hold here, too`(tier: Tier) async throws {
        let options = RouteScene.Options.override("ttl: 10s", "stale_while_revalidate: 20s", "stale_if_error: 60s")
        try await RouteScene.play(tier, options) { scene in
            scene.origin.answers(200, ["Cache-Control: no-store"], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.always(500, [], "down")
            try await scene.get("/x").expect(200, "one", .hit)
            try await scene.origin.received(2)
            scene.pass(seconds: 30)
            try await scene.get("/x").expect(200, "one")
            scene.pass(seconds: 60)
            try await scene.get("/x").expect(500, "down")
        }
    }

    @Test(arguments: Tier.allCases)
    func `Fields that the route names are part of the key`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s", "key_headers: [\"X-Kind\"]")) { scene in
            scene.origin.always { Reply(200, [], $0["X-Kind"] ?? "none") }
            for kind in ["a", "b"] { try await scene.get("/x", "X-Kind: \(kind)").expect(200, kind, .forwarded) }
            try await scene.get("/x").expect(200, "none", .forwarded)
            for kind in ["a", "b"] {
                try await scene.get("/x", "X-Kind: \(kind)", "X-Other: \(kind)").expect(200, kind, .hit)
            }
            // A field that goes into the key cannot be made to look like two.
            try await scene.get("/x", "X-Kind: a", "X-Kind: b").expect(200, nil, .forwarded)
        }
    }

    @Test(arguments: Tier.allCases)
    func `Authorization makes no difference, unless it is part of the key`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s", "key_headers: [\"Authorization\"]")) { scene in
            scene.origin.always { Reply(200, [], $0["Authorization"] ?? "none") }
            try await scene.get("/x", "Authorization: a").expect(200, "a", .forwarded)
            try await scene.get("/x", "Authorization: b").expect(200, "b", .forwarded)
            try await scene.get("/x", "Authorization: a").expect(200, "a", .hit)
        }
        try await RouteScene.play(tier, .override("ttl: 100s")) { scene in
            scene.origin.always { Reply(200, [], $0["Authorization"] ?? "none") }
            for value in ["a", "b"] {
                let answer = try await scene.get("/x", "Authorization: \(value)")
                #expect(["none", value].contains(answer.text))
            }
            try await scene.get("/x").expect(200, "none")
        }
    }

    @Test(arguments: Tier.allCases)
    func `The body of a named POST route is part of the key`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s", "methods: [\"POST\"]")) { scene in
            scene.origin.always { Reply(200, ["X-Length: \($0.bodyLength)"], "answer to \($0.text)") }
            let bodies = ["{\"method\":\"eth_call\",\"id\":1}", "{\"method\":\"eth_call\",\"id\":2}", "{}"]
            for origination in [Origination.forwarded, .hit] {
                for body in bodies {
                    try await scene.ask("POST", "/rpc", ["Content-Type: application/json"], body: body)
                        .expect(200, "answer to \(body)", origination)
                }
            }
            #expect(scene.origin.requestCount == bodies.count)
            #expect(scene.origin.requests.map(\.method) == ["POST", "POST", "POST"])
            // Another type, another meaning; and a GET of the same URL is another request.
            try await scene.ask("POST", "/rpc", ["Content-Type: text/plain"], body: "{}").expect(200, nil, .forwarded)
            try await scene.get("/rpc").expect(200, "answer to ", .forwarded)
            // Nothing was invalidated by a POST that only reads.
            try await scene.ask("POST", "/rpc", ["Content-Type: application/json"], body: "{}").expect(200, nil, .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `Methods that the route does not name go straight through`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 100s")) { scene in
            scene.origin.always { Reply(200, [], $0.text) }
            for body in ["a", "b", "a"] {
                try await scene.ask("POST", "/x", body: body).expect(200, body, .reason("method"))
            }
            #expect(scene.origin.requestCount == 3)
        }
    }
}
