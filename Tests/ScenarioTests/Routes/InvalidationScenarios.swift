import Testing

@testable import Mintcache

@Suite("Routes: invalidation", .timeLimit(.minutes(1))) struct InvalidationScenarios {
    private let fresh = ["Cache-Control: max-age=1000"]

    /// Stores an answer for each path, then has the origin answer something else from then on.
    private func store(_ paths: String..., in scene: RouteScene) async throws {
        let fresh = fresh
        scene.origin.always { _ in Reply(200, fresh, "old") }
        for path in paths {
            try await scene.get(path).expect(200, "old", .forwarded)
            try await scene.get(path).expect(200, "old", .hit)
        }
        scene.origin.always { _ in Reply(200, fresh, "new") }
    }

    @Test(arguments: Tier.allCases, ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "FROBNICATE"])
    func `RFC 9111 §4.4: an unsafe or unknown method that succeeds invalidates its URL`(
        tier: Tier, method: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            for status in [200, 201, 204, 302, 303, 304] {
                try await store("/\(status)", in: scene)
                scene.origin.answers(status)
                try await scene.ask(method, "/\(status)", body: "x").expect(status, "", .reason("method"))
                try await scene.get("/\(status)").expect(200, "new", .forwarded, "\(status)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.4: every variant of the URL is forgotten, whatever the query's neighbours`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { Reply(200, ["Cache-Control: max-age=1000", "Vary: X-A"], "old \($0["X-A"] ?? "")") }
            for value in ["1", "2"] { try await scene.get("/x?q", "X-A: \(value)") }
            try await scene.get("/x?r", "X-A: 1")
            scene.origin.answers(204)
            try await scene.ask("DELETE", "/x?q").expect(204)
            for value in ["1", "2"] { try await scene.get("/x?q", "X-A: \(value)").expect(200, nil, .forwarded) }
            try await scene.get("/x?r", "X-A: 1").expect(200, "old 1", .hit)
        }
    }

    @Test(arguments: Tier.allCases, [400, 404, 409, 500, 503])
    func `RFC 9111 §4.4: an error invalidates nothing`(tier: Tier, status: Int) async throws {
        try await RouteScene.play(tier) { scene in
            for method in ["POST", "PUT", "DELETE", "FROBNICATE"] {
                try await store("/\(method)", in: scene)
                scene.origin.answers(status, ["Location: /\(method)"])
                try await scene.ask(method, "/\(method)", body: "x").expect(status)
                try await scene.get("/\(method)").expect(200, "old", .hit)
            }
            try await store("/reset", in: scene)
            scene.origin.answers(.reset)
            try await scene.ask("POST", "/reset", body: "x").expect(502)
            try await scene.get("/reset").expect(200, "old", .hit)
        }
    }

    @Test(arguments: Tier.allCases, ["GET", "HEAD", "OPTIONS", "TRACE"])
    func `RFC 9110 §9.2.1: a safe method invalidates nothing`(tier: Tier, method: String) async throws {
        try await RouteScene.play(tier) { scene in
            try await store("/x", in: scene)
            scene.origin.always(200, [], "")
            _ = try await scene.ask(method, "/x")
            try await scene.get("/x").expect(200, "old", .hit)
        }
    }

    @Test(arguments: Tier.allCases, ["Location", "Content-Location"])
    func `RFC 9111 §4.4: Location and Content-Location of the same origin are invalidated, of others not`(
        tier: Tier, name: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let references = [
                ("/a/one", "/a/one"), ("http://proxy.test/a/two", "/a/two"), ("sibling", "/a/sibling"),
                ("../up?q", "/up?q"), ("//proxy.test/a/three", "/a/three"),
                ("http://PROXY.test:80/a/%66our", "/a/four"),
            ]
            for (reference, path) in references {
                try await store(path, in: scene)
                scene.origin.answers(201, ["\(name): \(reference)"])
                try await scene.ask("POST", "/a/x", body: "x").expect(201)
                try await scene.get(path).expect(200, "new", .forwarded, "\(reference)")
            }
            for reference in ["http://other.test/kept", "https://proxy.test/kept", "http://proxy.test:81/kept", "/kep"]
            {
                try await store("/kept", in: scene)
                scene.origin.answers(201, ["\(name): \(reference)"])
                try await scene.ask("POST", "/a/x", body: "x").expect(201)
                try await scene.get("/kept").expect(200, "old", .hit, "\(reference)")
                scene.origin.answers(204)
                try await scene.ask("DELETE", "/kept")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §9.3.3: a POST answer that is fresh and says it is its own URL's serves later GETs`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let cases: [(fields: [String], serves: Bool)] = [
                (["Cache-Control: max-age=100", "Content-Location: /x"], true),
                (["Cache-Control: max-age=100", "Content-Location: http://proxy.test/x"], true),
                (["Expires: {now+100}", "Content-Location: /x"], true),
                (["Cache-Control: max-age=100", "Content-Location: /y"], false),
                (["Cache-Control: max-age=100"], false),
                (["Last-Modified: {now-10000}", "Content-Location: /x"], false), (["Content-Location: /x"], false),
                (["Cache-Control: max-age=100, no-store", "Content-Location: /x"], false),
            ]
            for (fields, serves) in cases {
                scene.origin.answers(200, fields, "posted")
                try await scene.ask("POST", "/x", body: "a").expect(200, "posted", .reason("method"))
                scene.origin.always(200, ["Cache-Control: no-store"], "got")
                try await scene.get("/x").expect(
                    200, serves ? "posted" : "got", serves ? .hit : .forwarded, "\(fields)")
                // A POST itself is never answered from the store.
                scene.origin.answers(200, [], "again")
                try await scene.ask("POST", "/x", body: "a").expect(200, "again")
            }
        }
    }

    @Test func `RFC 9111 §4.4: what was under way when the URL was invalidated is not stored`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.answers(Reply(200, fresh, "old").after(gate))
            async let slow = scene.get("/x")
            try await scene.origin.received(1)
            scene.origin.answers(204)
            try await scene.ask("PUT", "/x", body: "new").expect(204)
            gate.open()
            try await slow.expect(200, "old")
            scene.origin.always(200, fresh, "new")
            try await scene.get("/x").expect(200, "new", .forwarded)
        }
    }
}
