import Testing

@testable import Mintcache

@Suite("Routes: who is believed what", .timeLimit(.minutes(1))) struct RouteTrustScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: variants are told apart by what the origin saw, not by what Connection took away`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always {
                Reply(200, ["Cache-Control: max-age=100", "Vary: X-Lang"], $0["X-Lang"] ?? "none")
            }
            try await scene.get("/x", "Connection: X-Lang", "X-Lang: de").expect(200, "none", .forwarded)
            try await scene.get("/x", "X-Lang: de").expect(200, "de", .forwarded)
            try await scene.get("/x").expect(200, "none", .hit)
            try await scene.get("/x", "X-Lang: de").expect(200, "de", .hit)
            // What names its own field is a request without it, from the store, too.
            try await scene.get("/x", "Connection: X-Lang", "X-Lang: de").expect(200, "none")
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: Vary on X-Forwarded-For keeps clients apart, and a stranger's claim joins nobody`(
        tier: Tier
    ) async throws {
        for isTrusted in [true, false] {
            var options = RouteScene.Options.origin()
            if isTrusted { options.server = ["trusted_proxies: [\"127.0.0.1\"]"] }
            try await RouteScene.play(tier, options) { scene in
                scene.origin.always {
                    let seen = $0.values("X-Forwarded-For").joined(separator: ", ")
                    return Reply(200, ["Cache-Control: max-age=100", "Vary: X-Forwarded-For"], seen)
                }
                for origination in [Origination.forwarded, .hit] {
                    for client in ["192.0.2.1", "192.0.2.2"] {
                        let answer = try await scene.get("/x", "X-Forwarded-For: \(client)")
                        if isTrusted {
                            answer.expect(200, "\(client), 127.0.0.1", origination)
                        } else {
                            answer.expect(200, "127.0.0.1")
                        }
                    }
                }
                #expect(scene.origin.requestCount == (isTrusted ? 2 : 1))
            }
        }
    }

    @Test(
        arguments: Tier.allCases,
        [
            "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-HTTP-Method-Override: DELETE",
        ])
    func `A POST that may be taken for another request is never stored as the answer to GET`(
        tier: Tier, disguise: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let fields = ["Cache-Control: max-age=100", "Content-Location: /x"]
            scene.origin.answers(200, fields, "disguised")
            let posted = try await scene.ask("POST", "/x", [disguise], body: "a")
            posted.expect(200, "disguised", .forwarded)
            #expect(!posted.isStored)
            scene.origin.answers(200, ["Cache-Control: no-store"], "got")
            try await scene.get("/x").expect(200, "got", .forwarded)
            // Without the disguise it would be.
            scene.origin.answers(200, fields, "posted")
            try await scene.ask("POST", "/x", body: "a").expect(200, "posted")
            try await scene.get("/x").expect(200, "posted", .hit)
        }
    }

    @Test func `RFC 9112 §3.2.2: a target of another scheme than the connection's is refused`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200, ["Cache-Control: max-age=100"], "one")
            for target in ["https://proxy.test/x", "HTTPS://proxy.test/x", "ftp://proxy.test/x"] {
                let answer = try await scene.get(target)
                #expect(answer.status == 400, "\(target)")
            }
            #expect(scene.origin.requestCount == 0)
            try await scene.get("http://proxy.test/x").expect(200, "one", .forwarded)
            try await scene.get("/x").expect(200, "one", .hit)
            let answer = try await scene.get("https://proxy.test/x")
            #expect(answer.status == 400, "though it is stored for http")
        }
    }

    @Test func `RFC 9110 §4.2.3: a Host is one host, however it is spelled, and reaches the origin normalised`()
        async throws
    {
        try await RouteScene.play { scene in
            scene.origin.always(200, ["Cache-Control: no-store"], "one")
            for host in ["proxy.test", "PROXY.Test", "proxy.test.", "proxy.test:", "proxy.test:80", "PROXY.TEST.:80"] {
                try await scene.get("/x", "Host: \(host)").expect(200, "one", .forwarded, "\(host)")
                let request = try #require(scene.origin.lastRequest)
                #expect(request.values("X-Forwarded-Host") == ["proxy.test"], "\(host)")
                let forwarded = request.values("Forwarded").joined(separator: ", ")
                #expect(forwarded.contains("host=proxy.test"), "\(host)")
                for odd in ["proxy.test.", "proxy.test:", "PROXY"] { #expect(!forwarded.contains(odd), "\(host)") }
            }
            try await scene.get("/x", "Host: proxy.test:8080").expect(200, "one", .forwarded)
            #expect(scene.origin.lastRequest?["X-Forwarded-Host"] == "proxy.test:8080")
        }
    }

    @Test func `RFC 3986 §5.2.4: a path that climbs out of its route by encoded separators never reaches the upstream`()
        async throws
    {
        var options = RouteScene.Options.origin()
        options.path = "/r/"
        options.base = "/base/"
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200, [], "one")
            let climbing = [
                "..%2fx", "..%2Fx", "..%5cx", "..%5Cx", "..;/x", "..;a=b/x", "%2e%2e%2fx", ".%2e%5cx", "a/..%2f..%2fx",
                "a%2f..%2f..%2fx", "..%2f", "..%5c", "..;", "%2E%2E;/x",
            ]
            for path in climbing {
                let answer = try await scene.get("/r/\(path)")
                #expect(answer.status == 400, "\(path)")
            }
            #expect(scene.origin.requestCount == 0)
            for path in ["a%2Fb", "a%5Cb", "a;b/c", "..a%2Fb", "a..;/b", "...;/b"] {
                try await scene.get("/r/\(path)").expect(200, "one", .forwarded, "\(path)")
                #expect(scene.origin.lastRequest?.target == "/base/\(path)")
            }
        }
    }

    @Test func `RFC 7239: a stranger's claims do not reach the origin by another spelling either`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200)
            try await scene.get(
                "/x", "X_Forwarded_Host: evil.test", "X_Forwarded_For: 6.6.6.6", "x_forwarded-proto: evil",
                "X-Forwarded_Host: evil.test", "X_Other: kept")
            let request = try #require(scene.origin.lastRequest)
            #expect(request.values("X-Forwarded-Host") == ["proxy.test"])
            for (name, value) in request.fields {
                #expect(!value.contains("evil") && !value.contains("6.6.6.6"), "\(name): \(value)")
                #expect(!name.lowercased().contains("_forwarded"), "\(name)")
            }
            #expect(request["X_Other"] == "kept")
        }
    }
}
