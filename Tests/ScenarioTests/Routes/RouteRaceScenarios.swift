import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: races", .timeLimit(.minutes(1))) struct RouteRaceScenarios {
    private static let fresh = ["Cache-Control: max-age=1000"]

    @Test func `RFC 9111 §4.4: a HEAD under way does not bring back what a PUT invalidated`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\""], "old")
            try await scene.get("/x").expect(200, "old", .forwarded)
            scene.pass(seconds: 20)
            let gate = Gate()
            scene.origin.answers(Reply(200, Self.fresh + ["ETag: \"a\""], "old").after(gate), Reply(204))
            let slow = try await scene.client()
            await slow.ask("HEAD", "/x")
            try await scene.origin.received(2)
            #expect(scene.origin.lastRequest?.method == "HEAD")
            try await scene.ask("PUT", "/x", body: "new").expect(204)
            scene.origin.always(200, Self.fresh, "new")
            gate.open()
            try await slow.answer().expect(200, "")
            await slow.close()
            try await scene.get("/x").expect(200, "new", .forwarded)
        }
    }

    @Test func `RFC 9111 §4.4: who asks after a PUT does not join a fetch that began before it`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.answers(Reply(200, Self.fresh, "old").after(gate), Reply(204))
            let slow = try await scene.client()
            await slow.ask("GET", "/x")
            try await scene.origin.received(1)
            try await scene.ask("PUT", "/x", body: "new").expect(204)
            scene.origin.always(200, Self.fresh, "new")
            try await scene.get("/x").expect(200, "new", .forwarded)
            gate.open()
            try await slow.answer().expect(200, "old")
            await slow.close()
            try await scene.get("/x").expect(200, "new", .hit)
        }
    }

    @Test func `RFC 9111 §4.4: after a PUT nobody reads along with a body that began before it`()
        async throws
    {
        try await RouteScene.play { scene in
            let gate = Gate()
            let old = Reply(
                200, Self.fresh, length: 100_003, then: [.fill(100_000), .wait(gate), .body([49, 50, 51])])
            scene.origin.answers(old, Reply(204))
            let slow = try await scene.client()
            await slow.ask("GET", "/x")
            try await eventually("the old body's beginning") { await slow.receivedBytes > 0 }
            try await scene.ask("PUT", "/x", body: "new").expect(204)
            scene.origin.always(200, Self.fresh, "new")
            try await scene.get("/x").expect(200, "new", .forwarded)
            gate.open()
            let answer = try await slow.answer()
            #expect(answer.isComplete)
            #expect(answer.bodyLength == 100_003)
            await slow.close()
            try await scene.get("/x").expect(200, "new", .hit)
        }
    }

    @Test(arguments: ["500", "reset"])
    func `RFC 5861 §4: a stale copy that was invalidated meanwhile does not stand in for an error`(
        way: String
    ) async throws {
        try await RouteScene.play { scene in
            for (path, isInvalidated) in [("/kept", false), ("/gone", true)] {
                scene.origin.answers(200, ["Cache-Control: max-age=10, stale-if-error=600"], "old")
                try await scene.get(path).expect(200, "old", .forwarded)
                scene.pass(seconds: 20)
                let gate = Gate()
                let before = scene.origin.requestCount
                scene.origin.answers((way == "reset" ? Reply.reset : Reply(500, [], "down")).after(gate))
                let slow = try await scene.client()
                await slow.ask("GET", path)
                try await scene.origin.received(before + 1)
                if isInvalidated {
                    scene.origin.answers(204)
                    try await scene.ask("PUT", path, body: "new").expect(204)
                }
                scene.origin.always { _ in way == "reset" ? .reset : Reply(500, [], "down") }
                gate.open()
                let answer = try await slow.answer()
                if isInvalidated {
                    #expect(answer.status == (way == "reset" ? 502 : 500))
                    #expect(answer.text != "old")
                } else {
                    answer.expect(200, "old")
                }
                await slow.close()
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 5861 §3: a HEAD that finds a stale answer has it refreshed by GET, body and all`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let fields = ["Cache-Control: max-age=10, stale-while-revalidate=60"]
            scene.origin.answers(200, fields, "one")
            try await scene.get("/x").expect(200, "one", .forwarded)
            scene.pass(seconds: 20)
            let gate = Gate()
            scene.origin.always { _ in Reply(200, fields, "two, and longer").after(gate) }
            try await scene.ask("HEAD", "/x").expect(200, "", .hit)
            let requests = try await scene.origin.received(2)
            #expect(requests.last?.method == "GET")
            // The window ends, and the next request comes to the proxy that refreshes.
            scene.pass(seconds: 60)
            if tier == .redisOnly { try await scene.client().close() }
            let client = try await scene.client()
            await client.ask("GET", "/x")
            gate.open()
            try await client.answer().expect(200, "two, and longer")
            await client.close()
            #expect(scene.origin.requests.allSatisfy { $0.method == "GET" })
            try await eventually("the refreshed answer") { try await scene.get("/x").isHit }
            try await scene.get("/x").expect(200, "two, and longer", .hit)
        }
    }

    @Test(arguments: ["reset", "close"])
    func `RFC 9110 §9.2.2: an origin that drops every request is asked twice at most, warm connections or not`(
        way: String
    ) async throws {
        var options = RouteScene.Options.origin()
        options.retries = nil
        try await RouteScene.play(.memory, options) { scene in
            let gate = Gate()
            scene.origin.always { _ in Reply(200, ["Cache-Control: no-store"], "warm").after(gate) }
            var clients: [SceneClient] = []
            for number in 0..<6 {
                let client = try await scene.client()
                await client.ask("GET", "/warm/\(number)")
                clients.append(client)
            }
            try await scene.origin.received(6)
            gate.open()
            for client in clients {
                try await client.answer().expect(200, "warm")
                await client.close()
            }
            #expect(scene.origin.openConnectionCount == 6)
            scene.origin.always { _ in way == "reset" ? .reset : .close }
            let answer = try await scene.get("/x")
            #expect([502, 503].contains(answer.status))
            let count = scene.origin.requests.count { $0.target == "/x" }
            #expect((1...2).contains(count), "\(count) requests for one")
        }
    }
}
