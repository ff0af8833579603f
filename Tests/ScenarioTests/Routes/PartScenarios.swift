import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: stored parts and conditions", .timeLimit(.minutes(1))) struct PartScenarios {
    private static let whole = "0123456789"

    private static func part(_ first: Int, _ last: Int, _ body: String) -> Reply {
        Reply(206, ["Cache-Control: max-age=100", "ETag: \"a\"", "Content-Range: bytes \(first)-\(last)/10"], body)
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §15.5.17: a stored part knows the whole's length, and that a range is beyond it`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Self.part(0, 3, "0123"))
            try await scene.get("/x", "Range: bytes=0-3").expect(206, "0123", .forwarded)
            for range in ["10-", "20-", "100-200"] {
                let answer = try await scene.get("/x", "Range: bytes=\(range)")
                #expect(answer.status == 416, "\(range)")
                #expect(answer["Content-Range"] == "bytes */10", "\(range)")
            }
            #expect(scene.origin.requestCount == 1)
            // One that is not beyond it is the origin's to answer.
            scene.origin.answers(Self.part(8, 9, "89"))
            try await scene.get("/x", "Range: bytes=8-20").expect(206, "89", .reason("partial"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §14.2: HEAD has no range, with a stored part, too`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Self.part(0, 3, "0123"))
            try await scene.get("/x", "Range: bytes=0-3").expect(206, "0123", .forwarded)
            scene.origin.always(200, ["Cache-Control: max-age=100", "ETag: \"a\""], Self.whole)
            for range in ["0-3", "20-"] {
                let head = try await scene.ask("HEAD", "/x", ["Range: bytes=\(range)"])
                head.expect(200, "", nil, "\(range)")
                #expect(head["Content-Length"] == "10", "\(range)")
                #expect(head["Content-Range"] == nil, "\(range)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.2.2: a condition is answered from a stored part, before its range`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Self.part(0, 3, "0123"))
            try await scene.get("/x", "Range: bytes=0-3").expect(206, "0123", .forwarded)
            let answer = try await scene.get("/x", "Range: bytes=0-3", "If-None-Match: \"a\"")
            answer.expect(304, "", .hit)
            #expect(answer["ETag"] == "\"a\"")
            #expect(answer["Content-Range"] == nil)
            try await scene.get("/x", "Range: bytes=0-3", "If-None-Match: \"b\"").expect(206, "0123", .hit)
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases, ["0123", "0123456789abcdef", ""])
    func `RFC 9110 §15.3.7: a 206 in chunks that is not as long as it says is a 502`(
        tier: Tier, body: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Self.chunked(body, claiming: Self.whole.utf8.count))
            let answer = try await scene.get("/x", "Range: bytes=0-9")
            #expect(answer.status == 502)
            #expect(answer.text.contains("urn:mintcache:problem:"))
            scene.origin.answers(Self.part(0, 9, Self.whole))
            try await scene.get("/x", "Range: bytes=0-9").expect(206, Self.whole, .forwarded)
        }
    }

    @Test(arguments: Tier.allCases, [100_000, 300_000])
    func `RFC 9111 §3.3: a long 206 that is not as long as it says is never stored, nor read beyond its end`(
        tier: Tier, length: Int
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(Self.chunked(String(repeating: "x", count: length), claiming: 200_000))
            let client = try await scene.client()
            await client.ask("GET", "/x", ["Range: bytes=0-199999"])
            // It had begun before that could be known.
            let broken = try await client.answer()
            #expect([206, 502].contains(broken.status))
            #expect(broken.bodyLength <= length)
            await client.close()
            let part = ["Cache-Control: max-age=100", "ETag: \"a\"", "Content-Range: bytes 199998-199999/200000"]
            for range in ["199998-199999", "-2"] {
                scene.origin.answers(206, part + ["X-Range: \(range)"], "yz")
                let answer = try await scene.get("/x", "Range: bytes=\(range)")
                answer.expect(206, "yz", range == "-2" ? nil : .forwarded, "\(range)")
            }
        }
    }

    @Test(arguments: ["weak", "no validator", "no freshness", "no-store", "416"])
    func `A part that cannot be stored does not stop requests for the whole from sharing`(kind: String) async throws {
        try await RouteScene.play { scene in
            let range = "Content-Range: bytes 0-3/10"
            switch kind {
            case "weak": scene.origin.answers(206, ["Cache-Control: max-age=100", "ETag: W/\"a\"", range], "0123")
            case "no validator": scene.origin.answers(206, ["Cache-Control: max-age=100", range], "0123")
            case "no freshness": scene.origin.answers(206, ["ETag: \"a\"", range], "0123")
            case "no-store": scene.origin.answers(206, ["Cache-Control: no-store", "ETag: \"a\"", range], "0123")
            case _: scene.origin.answers(416, ["Content-Range: bytes */10"])
            }
            let first = try await scene.get("/x", kind == "416" ? "Range: bytes=20-" : "Range: bytes=0-3")
            #expect(first.status == (kind == "416" ? 416 : 206))
            let gate = Gate()
            scene.origin.always { _ in Reply(200, ["Cache-Control: max-age=100"], Self.whole).after(gate) }
            let crowd = try await RouteCrowd.ask(6, in: scene) { gate.open() }
            #expect(crowd.count { $0.answer?.text == Self.whole } == 6)
            #expect(scene.origin.requestCount == 2)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.1.2: If-None-Match on two lines is one list`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"a\""], Self.whole)
            try await scene.get("/x").expect(200, Self.whole, .forwarded)
            for (first, second, status) in [
                ("\"a\"", "\"b\"", 304), ("\"b\"", "\"a\"", 304), ("\"b\", \"c\"", "W/\"a\"", 304),
                ("\"b\"", "\"c\"", 200),
            ] {
                try await scene.get("/x", "If-None-Match: \(first)", "If-None-Match: \(second)")
                    .expect(status, status == 304 ? "" : Self.whole, .hit, "\(first) and \(second)")
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.1.1: max-age=0 asks the origin within the same second, too`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", after: 0, later: ["Cache-Control: max-age=0"]),
                .reused("Cache-Control: max-age=100", after: 0, later: ["Cache-Control: max-age=1"]))
        }
    }

    @Test(arguments: Tier.allCases)
    func `A POST with a keyed body is fetched anew without conditions`(tier: Tier) async throws {
        try await RouteScene.play(tier, .override("ttl: 10s", "methods: [\"POST\"]")) { scene in
            scene.origin.answers(200, ["ETag: \"a\"", "Last-Modified: {now-100}"], "one")
            try await scene.ask("POST", "/rpc", body: "{}").expect(200, "one", .forwarded)
            try await scene.ask("POST", "/rpc", body: "{}").expect(200, "one", .hit)
            scene.pass(seconds: 20)
            scene.origin.answers(200, ["ETag: \"a\""], "two")
            try await scene.ask("POST", "/rpc", body: "{}").expect(200, "two", .forwarded)
            let request = try #require(scene.origin.lastRequest)
            #expect(request.text == "{}")
            for name in ["If-None-Match", "If-Modified-Since"] { #expect(request[name] == nil) }
        }
    }

    private static func chunked(_ body: String, claiming length: Int) -> Reply {
        let chunk = body.isEmpty ? "" : "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
        let fields = [
            "HTTP/1.1 206 Partial Content", "Date: {now}", "Cache-Control: max-age=100", "ETag: \"a\"",
            "Content-Range: bytes 0-\(length - 1)/\(length)", "Transfer-Encoding: chunked",
        ]
        return .octets(fields.joined(separator: "\r\n") + "\r\n\r\n" + chunk + "0\r\n\r\n")
    }
}
