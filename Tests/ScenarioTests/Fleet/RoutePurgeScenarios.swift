import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("A purge on a route", .timeLimit(.minutes(1))) struct RoutePurgeScenarios {
    /// Stores answers, then has the origin answer something else from then on.
    private func store(
        _ paths: [String], tags: String = "", _ fields: [String] = [], in scene: RouteScene
    ) async throws {
        let fields = ["Cache-Control: max-age=1000"] + (tags.isEmpty ? [] : [tags]) + fields
        scene.origin.always { _ in Reply(200, fields, "old") }
        for path in paths {
            try await scene.get(path).expect(200, "old", .forwarded)
            try await scene.get(path).expect(200, "old", .hit)
        }
        scene.origin.always { _ in Reply(200, fields, "new") }
    }

    private func purge(_ body: String, in scene: RouteScene) async throws {
        let connection = try await HTTPConnection.open(to: scene.proxies[0].adminAddress, on: scene.loop)
        let fields = ["Authorization: Bearer \(Scene.adminToken)"]
        let answer = try await connection.request("POST", "/admin/purge", fields: fields, body: body)
        await connection.close()
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func expect(
        _ paths: [String], _ body: String, _ origination: Origination, in scene: RouteScene
    ) async throws {
        for path in paths { try await scene.get(path).expect(200, body, origination, "\(path)") }
    }

    @Test(arguments: Tier.allCases)
    func `takes one URL, however it is spelt, on whatever host`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await store(["/a?b=1", "/a?b=2", "/a"], in: scene)
            try await purge(#"{"route":"scripted","url":"https://elsewhere.test/x/../%61?b=1"}"#, in: scene)
            try await expect(["/a?b=1"], "new", .forwarded, in: scene)
            try await expect(["/a?b=2", "/a"], "old", .hit, in: scene)
            try await expect(["/a?b=1"], "new", .hit, in: scene)
        }
    }

    @Test(arguments: Tier.allCases)
    func `takes all URLs that begin so`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await store(["/a/1", "/a/2?x", "/b/1"], in: scene)
            try await purge(#"{"route":"scripted","prefix":"/a/"}"#, in: scene)
            try await expect(["/a/1", "/a/2?x"], "new", .forwarded, in: scene)
            try await expect(["/b/1"], "old", .hit, in: scene)
        }
    }

    @Test(arguments: Tier.allCases, [#"{"route":"scripted"}"#, #"{"everything":true}"#])
    func `takes the whole route`(tier: Tier, body: String) async throws {
        try await RouteScene.play(tier) { scene in
            try await store(["/a", "/b"], in: scene)
            try await purge(body, in: scene)
            try await expect(["/a", "/b"], "new", .forwarded, in: scene)
        }
    }

    @Test(arguments: Tier.allCases, ["Surrogate-Key: x kind-1", "Cache-Tag: x,kind-1", "cache-tag: x, kind-1"])
    func `takes what its origin gave a tag`(tier: Tier, tags: String) async throws {
        try await RouteScene.play(tier) { scene in
            try await store(["/a", "/b"], tags: tags, in: scene)
            try await store(["/c"], tags: "Cache-Tag: kind-11", in: scene)
            try await purge(#"{"tag":"kind-1"}"#, in: scene)
            try await expect(["/a", "/b"], "new", .forwarded, in: scene)
            try await expect(["/c"], "old", .hit, in: scene)
        }
    }

    @Test(arguments: Tier.allCases)
    func `that is soft has what is held validated`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await store(["/a"], ["ETag: \"1\""], in: scene)
            try await purge(#"{"route":"scripted","url":"/a","soft":true}"#, in: scene)
            scene.origin.answers(304, ["ETag: \"1\"", "Cache-Control: max-age=1000"])
            try await expect(["/a"], "old", .reason("stale"), in: scene)
            try await expect(["/a"], "old", .hit, in: scene)
        }
    }

    @Test(arguments: Tier.allCases)
    func `leaves nothing to stand in for an origin that fails, unless it is soft`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("stale_if_error: 1h")) { scene in
            try await store(["/soft", "/hard"], in: scene)
            try await purge(#"{"route":"scripted","url":"/soft","soft":true}"#, in: scene)
            try await purge(#"{"route":"scripted","url":"/hard"}"#, in: scene)
            scene.origin.always { _ in Reply(503, [], "down") }
            try await scene.get("/soft").expect(200, "old")
            try await scene.get("/hard").expect(503, "down")
        }
    }

    @Test(arguments: Tier.allCases)
    func `is not undone by an answer that was on its way`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let gate = Gate()
            scene.origin.always { _ in Reply(200, ["Cache-Control: max-age=1000"], "new") }
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=1000"], "old").after(gate))
            async let early = scene.get("/a")
            try await eventually("the fetch has begun") { scene.origin.requestCount == 1 }
            try await purge(#"{"route":"scripted","url":"/a"}"#, in: scene)
            try await scene.get("/a").expect(200, "new", .forwarded)
            gate.open()
            try await early.expect(200, "old")
            try await scene.get("/a").expect(200, "new", .hit)
        }
    }
}
