import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: stale answers", .timeLimit(.minutes(1))) struct RouteStaleScenarios {
    private static let permitted = [
        (RouteScene.Options.origin(), "max-age=10, stale-while-revalidate=60, stale-if-error=60"),
        (RouteScene.Options.origin("stale_while_revalidate: 60s", "stale_if_error: 60s"), "max-age=10"),
    ]

    @Test(arguments: Tier.allCases, [0, 1])
    func `RFC 5861 §3: stale-while-revalidate answers at once and refreshes behind, with one fetch`(
        tier: Tier, way: Int
    ) async throws {
        let (options, directives) = Self.permitted[way]
        try await RouteScene.play(tier, options) { scene in
            let fields = ["Cache-Control: \(directives)"]
            scene.origin.answers(200, fields, "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            scene.pass(seconds: 20)
            let gate = Gate()
            scene.origin.always { _ in Reply(200, fields, "two").after(gate) }
            for _ in 0..<4 { try await scene.get("/x").expect(200, "one", .hit, age: 20) }
            try await scene.origin.received(2)
            // In Redis only, each of the two proxies refreshes for itself at worst.
            #expect(scene.origin.requestCount <= 1 + scene.proxies.count)
            gate.open()
            try await eventually(within: .seconds(3), "the refreshed answer") {
                try await scene.get("/x").text == "two"
            }
            #expect(scene.origin.requestCount <= 1 + scene.proxies.count)
        }
    }

    @Test(arguments: Tier.allCases, [0, 1])
    func `RFC 5861 §3: to the second`(tier: Tier, way: Int) async throws {
        let (options, directives) = Self.permitted[way]
        try await RouteScene.play(tier, options) { scene in
            for (after, isStale) in [(68, true), (72, false)] {
                scene.origin.answers(200, ["Cache-Control: \(directives)"], "one")
                try await scene.get("/\(after)").expect(200, "one", .forwarded)
                scene.pass(seconds: after)
                let count = scene.origin.requestCount
                scene.origin.answers(200, ["Cache-Control: \(directives)"], "two")
                try await scene.get("/\(after)").expect(200, isStale ? "one" : "two")
                try await scene.origin.received(count + 1)
                try await eventually("the new one") { try await scene.get("/\(after)").text == "two" }
            }
        }
    }

    @Test(arguments: Tier.allCases, [0, 1])
    func `RFC 5861 §4: stale-if-error stands in for 500, 502, 503 and 504, within its time`(
        tier: Tier, way: Int
    ) async throws {
        let (options, _) = Self.permitted[way]
        let directives = way == 0 ? "max-age=10, stale-if-error=60" : "max-age=10, stale-while-revalidate=0"
        try await RouteScene.play(tier, options) { scene in
            for status in [500, 502, 503, 504] {
                scene.origin.answers(200, ["Cache-Control: \(directives)"], "one")
                try await scene.get("/\(status)")
                scene.pass(seconds: 20)
                scene.origin.always(status, [], "down")
                try await scene.get("/\(status)").expect(200, "one", age: 20, "\(status)")
                scene.pass(seconds: 60)
                try await scene.get("/\(status)").expect(status, "down")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 5861 §4: other statuses are no reason for a stale answer`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            for status in [200, 404, 410, 429, 501] {
                scene.origin.answers(200, ["Cache-Control: max-age=10, stale-if-error=60"], "one")
                try await scene.get("/\(status)")
                scene.pass(seconds: 20)
                scene.origin.answers(status, [], "new")
                try await scene.get("/\(status)").expect(status, "new", .reason("stale"))
            }
        }
    }

    @Test(arguments: Tier.allCases, ["reset", "close", "vanish", "short", "nonsense"])
    func `RFC 5861 §4: a connection that drops or is refused is an error like the others`(
        tier: Tier, way: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10, stale-if-error=60"], "one")
            try await scene.get("/x")
            scene.origin.answers(200, ["Cache-Control: max-age=10"], "one")
            try await scene.get("/y")
            scene.pass(seconds: 20)
            switch way {
            case "reset": scene.origin.always { _ in .reset }
            case "close": scene.origin.always { _ in .close }
            case "short": scene.origin.always { _ in Reply(200, length: 10, then: [.body([49]), .close]) }
            case "nonsense": scene.origin.always { _ in .octets("nonsense\r\n\r\n", then: [.close]) }
            case _: await scene.origin.vanish()
            }
            try await scene.get("/x").expect(200, "one", age: 20)
            // RFC 9111, section 4.2.4: where nothing permits it, nothing stale is served.
            let without = try await scene.get("/y")
            #expect([502, 504].contains(without.status))
            #expect(without.text.contains("urn:mintcache:problem:"))
        }
    }

    @Test func `RFC 9110 §15.6.5: an origin that says nothing is a 504 in time, or a stale answer`() async throws {
        var options = RouteScene.Options.origin()
        options.route = ["timeout: 300ms"]
        try await RouteScene.play(.memory, options) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10, stale-if-error=60"], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.always { _ in .hang }
            try await scene.get("/x").expect(200, "one", age: 20)
            try await scene.get("/y").expect(504)
        }
    }

    @Test func `RFC 9112 §9.3: the client's connection outlives the origin's`() async throws {
        try await RouteScene.play { scene in
            let client = try await scene.client()
            scene.origin.answers(
                Reply(
                    200, ["Cache-Control: max-age=100", "Connection: close"], length: 3,
                    then: [.body([49, 50, 51]), .close]))
            try await client.request("GET", "/x").expect(200, "123")
            try await client.request("GET", "/x").expect(200, "123", .hit)
            scene.origin.answers(Reply(200, ["Connection: close"], length: nil, then: [.body([49]), .close]))
            try await client.request("GET", "/y").expect(200, "1")
            scene.origin.answers(.reset)
            try await client.request("POST", "/z").expect(502)
            scene.origin.answers(500, [], "sorry")
            try await client.request("GET", "/z").expect(500, "sorry")
            #expect(await !client.isEnded)
            await client.close()
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.4: a failed validation leaves what is stored as it was`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\""], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.answers(503, [], "down")
            try await scene.get("/x").expect(503, "down", .reason("stale"))
            scene.origin.answers(304, ["Cache-Control: max-age=10", "ETag: \"a\""])
            try await scene.get("/x").expect(200, "one")
            #expect(scene.origin.lastRequest?["If-None-Match"] == "\"a\"")
        }
    }
}
