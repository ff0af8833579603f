import Testing

@testable import Mintcache

@Suite("Routes: the key", .timeLimit(.minutes(1))) struct KeyScenarios {
    /// Whether what the first target stored answers the second, as expected.
    private func share(
        _ isExpected: Bool, _ scene: RouteScene, _ first: String, _ second: String, _ firstFields: [String] = [],
        _ secondFields: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        scene.origin.answers(200, ["Cache-Control: max-age=100"], "first")
        try await scene.ask("GET", first, firstFields).expect(200, "first", .forwarded, sourceLocation: sourceLocation)
        scene.origin.answers(200, ["Cache-Control: no-store"], "second")
        try await scene.ask("GET", second, secondFields).expect(
            200, isExpected ? "first" : "second", isExpected ? .hit : .forwarded, "\(first) and \(second)",
            sourceLocation: sourceLocation)
        scene.origin.forgetScript()
    }

    @Test(arguments: Tier.allCases)
    func `RFC 3986 §6.2: what differs by its spelling only is one URL`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let pairs = [
                ("/a%62c", "/abc"), ("/x/../y", "/y"), ("/s/./t", "/s/t"), ("/%7euser", "/~user"), ("/q%2f", "/q%2F"),
                ("/u?v=%41", "/u?v=A"),
            ]
            for (first, second) in pairs {
                try await share(true, scene, first, second)
            }
            try await share(true, scene, "/h1", "/h1", ["Host: proxy.test"], ["Host: PROXY.test:80"])
            try await share(true, scene, "/h2", "http://proxy.test/h2", ["Host: proxy.test"], ["Host: proxy.test"])
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §2: two different URLs never share an answer`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let pairs = [
                ("/a/b", "/a%2Fb"), ("/a?b", "/a%3Fb"), ("/c", "/C"), ("/d", "/d/"), ("/e", "/e?"),
                ("/f?a&b", "/f?b&a"),
                ("/g?a=1", "/g?a=2"), ("/h?a", "/h?a="), ("/i//j", "/i/j"), ("/k+l", "/k%20l"), ("/m;n", "/m"),
            ]
            for (first, second) in pairs {
                try await share(false, scene, first, second)
            }
            try await share(false, scene, "/h3", "/h3", ["Host: a.test"], ["Host: b.test"])
            try await share(false, scene, "/h4", "/h4", ["Host: a.test"], ["Host: a.test:8080"])
            try await share(false, scene, "/h5", "/h5", ["Host: a.test"], ["Host: a.tes"])
        }
    }

    @Test(arguments: Tier.allCases)
    func `A route's ignore_query takes parameters out of the key`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("ignore_query: [\"utm_*\", \"ref\"]")) { scene in
            try await share(true, scene, "/a?utm_source=x&b=1", "/a?b=1&utm_medium=y")
            try await share(true, scene, "/c?ref=1", "/c")
            try await share(false, scene, "/d?b=1", "/d?b=2&ref=1")
            try await share(false, scene, "/e?refer=1", "/e")
        }
    }

    @Test(arguments: Tier.allCases)
    func `What is not in the key does not reach the upstream`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("ignore_query: [\"utm_*\"]")) { scene in
            scene.origin.always(200, ["Cache-Control: max-age=100"], "one")
            try await scene.get("/a?utm_source=x&b=1&utm_medium=y")
            #expect(scene.origin.lastRequest?.target == "/a?b=1")
        }
        try await RouteScene.play(tier, .override("ttl: 100s", "key_headers: [\"X-Kind\"]")) { scene in
            scene.origin.always(200, [], "one")
            try await scene.get("/a", "X-Kind: k", "X-Other: o", "Cookie: c", "Accept-Language: de", "User-Agent: u")
            let request = try #require(scene.origin.lastRequest)
            #expect(request["X-Kind"] == "k")
            for name in ["X-Other", "Cookie", "Accept-Language"] { #expect(request[name] == nil, "\(name)") }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §2: an answer to a GET does not answer other methods`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "one")
            try await scene.get("/x").expect(200, "one")
            for method in ["POST", "OPTIONS", "get", "PROPFIND"] {
                scene.origin.answers(200, ["Cache-Control: max-age=100"], method)
                try await scene.ask(method, "/x").expect(200, method, .reason("method"))
            }
        }
    }
}
