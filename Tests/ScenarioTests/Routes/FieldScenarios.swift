import Testing

@testable import Mintcache

@Suite("Routes: fields", .timeLimit(.minutes(1))) struct FieldScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9110 §7.6.1: fields of one connection, and those that Connection names, stay on it`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let hops = [
                "Connection: X-Hop, keep-alive", "X-Hop: h", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive",
                "TE: trailers", "Upgrade: odd/1",
            ]
            scene.origin.answers(
                200,
                ["Cache-Control: max-age=100", "X-End: e", "Proxy-Authenticate: Basic"]
                    + hops.filter { !$0.hasPrefix("TE") },
                "one")
            let answers = [try await scene.ask("GET", "/x", hops + ["X-End: e"]), try await scene.get("/x")]
            let request = try #require(scene.origin.lastRequest)
            #expect(request["X-End"] == "e")
            for name in ["X-Hop", "Keep-Alive", "Proxy-Connection", "Upgrade"] {
                #expect(request[name] == nil, "\(name)")
                for answer in answers { #expect(answer[name] == nil, "\(name)") }
            }
            #expect(request["Connection"]?.contains("X-Hop") != true)
            for answer in answers {
                answer.expect(200, "one")
                #expect(answer["X-End"] == "e")
                #expect(answer["Connection"]?.contains("X-Hop") != true)
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §7.6.1: Connection cannot take away what is everybody's business`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(
                200, ["Connection: Cache-Control, Content-Type", "Cache-Control: no-store", "Content-Type: text/a"],
                "one")
            try await scene.get("/x").expect(200, "one")
            scene.origin.answers(200, ["Cache-Control: no-store"], "two")
            try await scene.get("/x").expect(200, "two", .forwarded)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §7.6.3: Via names us, both ways, after those before us`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Via: 1.0 behind"], "one")
            for _ in 0..<2 {
                let answer = try await scene.get("/x", "Via: 1.1 front")
                let via = answer.values("Via").joined(separator: ", ")
                #expect(via.hasPrefix("1.0 behind, 1.1 "))
                #expect(via.contains("mintcache"))
            }
            let via = scene.origin.lastRequest?.values("Via").joined(separator: ", ") ?? ""
            #expect(via.hasPrefix("1.1 front, 1.1 "))
            #expect(via.contains("mintcache"))
        }
    }

    @Test func `RFC 7239: the origin is told who asks, and a stranger's claims are not passed on`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200)
            try await scene.get(
                "/x", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test",
                "Forwarded: for=6.6.6.6;proto=https")
            let request = try #require(scene.origin.lastRequest)
            #expect(request.values("X-Forwarded-For") == ["127.0.0.1"])
            #expect(request.values("X-Forwarded-Proto") == ["http"])
            #expect(request.values("X-Forwarded-Host") == ["proxy.test"])
            let forwarded = request.values("Forwarded").joined(separator: ", ")
            #expect(forwarded.contains("for=127.0.0.1"))
            #expect(forwarded.contains("proto=http"))
            #expect(forwarded.contains("host=proxy.test"))
            #expect(!forwarded.contains("6.6.6.6"))
        }
    }

    @Test func `RFC 7239 §5: what a trusted proxy says is kept and appended to`() async throws {
        var options = RouteScene.Options.origin()
        options.server = ["trusted_proxies: [\"127.0.0.1\"]"]
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200)
            try await scene.get(
                "/x", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: public.test",
                "Forwarded: for=192.0.2.7;proto=https")
            let request = try #require(scene.origin.lastRequest)
            #expect(request.values("X-Forwarded-For").joined(separator: ", ") == "192.0.2.7, 127.0.0.1")
            #expect(request["X-Forwarded-Proto"] == "https")
            #expect(request["X-Forwarded-Host"] == "public.test")
            let forwarded = request.values("Forwarded").joined(separator: ", ")
            #expect(forwarded.hasPrefix("for=192.0.2.7;proto=https, "))
            #expect(forwarded.contains("for=127.0.0.1"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §5.3: the lines of a list field are one list`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(
                200,
                ["Cache-Control: max-age=100", "X-List: a", "X-Between: 1", "X-List: b", "Allow: GET", "Allow: PUT"],
                "one")
            for _ in 0..<2 {
                let answer = try await scene.get("/x", "X-In: a", "X-In: b")
                #expect(answer.values("X-List").joined(separator: ", ") == "a, b")
                #expect(answer.values("Allow").joined(separator: ", ") == "GET, PUT")
            }
            #expect(scene.origin.lastRequest?.values("X-In").joined(separator: ", ") == "a, b")
        }
    }

    @Test func `RFC 9110 §7.2: the upstream sees its own Host, or the client's if the route says so`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200)
            try await scene.get("/x")
            #expect(scene.origin.lastRequest?.values("Host") == ["127.0.0.1:\(scene.origin.port)"])
        }
        var options = RouteScene.Options.origin()
        options.route = ["preserve_host: true"]
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200)
            try await scene.get("/x")
            #expect(scene.origin.lastRequest?.values("Host") == ["proxy.test"])
        }
    }

    @Test func `A route's secret fields reach the upstream in place of the client's, and nobody else`() async throws {
        var options = RouteScene.Options.origin()
        options.route = ["request_headers: { X-API-KEY: \"a-secret\" }"]
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200, ["Cache-Control: max-age=100"], "one")
            let answer = try await scene.get("/x", "x-api-key: the client's")
            #expect(scene.origin.lastRequest?.values("X-API-KEY") == ["a-secret"])
            #expect(!String(decoding: answer.head, as: UTF8.self).contains("a-secret"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §6.5.1: trailers are never merged into the header section`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let head = "HTTP/1.1 200 OK\r\nDate: {now}\r\nCache-Control: max-age=100\r\nTransfer-Encoding: chunked\r\n"
            scene.origin.answers(
                .octets(
                    "\(head)Trailer: X-Trailer\r\n\r\n3\r\none\r\n0\r\nX-Trailer: t\r\nCache-Control: no-store\r\n\r\n")
            )
            for number in 0..<2 {
                let answer = try await scene.get("/x")
                answer.expect(200, "one", number == 0 ? .forwarded : .hit)
                #expect(answer["X-Trailer"] == nil)
                #expect(answer.values("Cache-Control") == ["max-age=100"])
            }
        }
    }
}
