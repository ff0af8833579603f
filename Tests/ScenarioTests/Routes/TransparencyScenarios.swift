import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("A route at /", .timeLimit(.minutes(1))) struct TransparencyScenarios {
    @Test func `RFC 9110 §9: passes any method, with and without a body`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always { Reply(200, ["X-Method: \($0.method)"], "<\($0.text)>") }
            let methods = [
                "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "M-SEARCH", "PROPFIND", "REPORT", "get",
                "ODD~METHOD",
                "QUERY", "LINK", "X",
            ]
            for method in methods {
                // A body has no meaning in a GET (RFC 9110, section 9.3.1).
                for body in method == "GET" ? [""] : ["", "text \u{e9}"] {
                    let answer = try await scene.ask(method, "/x", ["Cache-Control: no-cache"], body: body)
                    answer.expect(200, "<\(body)>", nil, "\(method) \(body)")
                    #expect(answer["X-Method"] == method)
                    #expect(scene.origin.lastRequest?.method == method)
                }
            }
            let head = try await scene.ask("HEAD", "/h")
            head.expect(200, "")
            #expect(scene.origin.lastRequest?.method == "HEAD")
        }
    }

    @Test func `RFC 9112 §3.2.4: passes OPTIONS *`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(204, ["Allow: GET, OPTIONS"])
            let answer = try await scene.ask("OPTIONS", "*")
            answer.expect(204)
            #expect(answer["Allow"] == "GET, OPTIONS")
            #expect(scene.origin.lastRequest?.target == "*")
        }
    }

    @Test func `RFC 9110 §9.3.8: TRACE goes no further, because it would show secret fields`() async throws {
        try await RouteScene.play { scene in
            let answer = try await scene.ask("TRACE", "/x")
            #expect(answer.status == 405)
            #expect(answer["Allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            #expect(scene.origin.lastRequest == nil)
        }
    }

    @Test func `RFC 9112 §3.2: passes any path and query`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200)
            let targets = [
                "/", "/?", "/?a", "/a?b?c", "/a//b", "//a", "/a/", "/a;b=c,d", "/%2F%00%FF", "/a%20b", "/?q=%C3%A9&&=;",
                "/:@!$&'()*+", "/a=b", "/index.html?x=http://other.test/?y=z", "/v2/thing", "/.well-known/x", "/...",
                "/\(String(repeating: "long/", count: 1000))",
            ]
            for target in targets {
                try await scene.get(target, "Cache-Control: no-cache").expect(200)
                #expect(scene.origin.lastRequest?.target == target)
            }
        }
    }

    @Test func `RFC 9110 §15: passes any status`() async throws {
        try await RouteScene.play { scene in
            for status in [
                200, 203, 205, 226, 299, 300, 304, 399, 402, 418, 429, 499, 501, 505, 511, 599, 600, 799, 999,
            ] {
                let body = status == 304 || status == 205 ? "" : "\(status)"
                scene.origin.answers(status, ["X-Status: \(status)"], body)
                let answer = try await scene.get("/\(status)")
                answer.expect(status, body)
                #expect(answer["X-Status"] == "\(status)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §5: passes any field, its name's case and its octets, both ways and from the store`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let odd = String(String.UnicodeScalarView((0x80...0xFF).map { Unicode.Scalar(UInt8($0)) }))
            let fields: [(name: String, value: String)] = [
                ("X-Ordinary", "plain"), ("x-LOWER-upper", "a"), ("!#$%&'*+-.^_`|~09aZ", "symbols"), ("X-Octets", odd),
                ("X-Tab", "a\tb"), ("X-Spaces", "a  b"), ("X-Empty", ""), ("X-Quoted", "\"a, b\\\"c\""), ("X", "1"),
                ("Unknown", "(comment)"), ("X-Long", String(repeating: "long ", count: 1000) + "end"),
            ]
            let lines = fields.map { "\($0.name): \($0.value)" }
            scene.origin.answers(200, ["Cache-Control: max-age=100"] + lines, "one")
            for number in 0..<2 {
                let client = try await scene.client()
                let head = (["GET /x HTTP/1.1", "Host: proxy.test"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
                await client.send(head.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
                let answer = try await client.answer()
                answer.expect(200, "one", number == 0 ? .forwarded : .hit)
                for (name, value) in fields {
                    #expect(answer.fields.contains { $0.name == name && $0.value == value }, "\(name)")
                }
                await client.close()
                if tier == .redisOnly, number == 0 { try await scene.isStored("/x") }
            }
            let request = try #require(scene.origin.lastRequest)
            for (name, value) in fields {
                #expect(request.fields.contains { $0.name == name && $0.value == value }, "\(name)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §6.4: passes any octets of a body, both ways and from the store`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let octets = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"], octets))
            for _ in 0..<2 { #expect(try await scene.get("/x").body == octets) }
            let client = try await scene.client()
            scene.origin.answers(200, [], "thanks")
            let head = "PUT /y HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: \(octets.count)\r\n\r\n"
            await client.send(Array(head.utf8) + octets)
            try await client.answer().expect(200, "thanks")
            #expect(scene.origin.lastRequest?.body == octets)
            await client.close()
        }
    }

    @Test func `RFC 9112 §7.1: passes a chunked request, and large ones as far as the route allows`() async throws {
        var options = RouteScene.Options.origin()
        options.route = ["max_request_body: 4MiB"]
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200, [], "thanks")
            let client = try await scene.client()
            await client.send(
                "POST /x HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n"
            )
            try await client.answer().expect(200, "thanks")
            #expect(scene.origin.lastRequest?.text == "one two")
            let large = String(repeating: "x", count: 3_000_000)
            try await client.request("PUT", "/x", body: large).expect(200, "thanks")
            #expect(scene.origin.lastRequest?.bodyLength == 3_000_000)
            await client.close()
            let other = try await scene.client()
            await other.send("PUT /x HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: 5000000\r\n\r\n")
            try await other.answer().expect(413)
            await other.close()
        }
    }

    @Test func `RFC 9110 §7.1: a route's path is replaced by its upstream's`() async throws {
        var options = RouteScene.Options.origin()
        options.path = "/r/"
        options.base = "/base/deep"
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.always(200, [], "one")
            for (target, expected) in [
                ("/r/x?q=1", "/base/deep/x?q=1"), ("/r/", "/base/deep"), ("/r/a/b/", "/base/deep/a/b/"),
            ] {
                try await scene.get(target).expect(200, "one")
                let asked = scene.origin.lastRequest?.target
                #expect(asked == expected || asked == expected + "/")
            }
            let count = scene.origin.requestCount
            let unknown = try await scene.get("/other")
            unknown.expect(404)
            #expect(unknown.text.contains("unknown-route"))
            // Nothing leads out of the upstream's path.
            _ = try await scene.get("/r/../secret")
            _ = try await scene.get("/r/%2e%2e/secret")
            #expect(scene.origin.requests.dropFirst(count).allSatisfy { $0.target.hasPrefix("/base/deep/") })
        }
    }

    @Test func `The proxy's own paths come first`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always(200, [], "the origin's")
            try await scene.get("/healthz").expect(200)
            #expect(scene.origin.requestCount == 0)
            try await scene.get("/healthz-of-mine").expect(200, "the origin's")
        }
    }

    @Test func `RFC 9112 §9.3: many requests over one connection, one after the other and pipelined`() async throws {
        try await RouteScene.play { scene in
            scene.origin.always { Reply(200, ["Cache-Control: max-age=100"], $0.target) }
            let client = try await scene.client()
            for number in 0..<20 {
                try await client.request("GET", "/\(number)").expect(200, "/\(number)", .forwarded)
                try await client.request("GET", "/\(number)").expect(200, "/\(number)", .hit)
            }
            for number in 0..<10 { await client.ask("GET", "/p\(number % 3)") }
            for number in 0..<10 { try await client.answer().expect(200, "/p\(number % 3)") }
            await client.close()
        }
    }
}

extension RouteScene {
    /// Waits until a URL can be had from the store.
    func isStored(_ target: String) async throws {
        try await eventually(within: .seconds(3), "\(target) in the store") {
            try await get(target, "Cache-Control: only-if-cached").status == 200
        }
    }
}
