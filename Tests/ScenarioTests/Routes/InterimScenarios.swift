import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: interim answers", .timeLimit(.minutes(1))) struct InterimScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9110 §15.2 and RFC 8297: 102 and 103 go on to the client and are not stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let final = Reply(200, ["Cache-Control: max-age=100", "X-Final: f"], "one")
            let interim = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
            scene.origin.answers(Reply(steps: [.requestBody, .head(interim)] + final.steps))
            let answer = try await scene.get("/x")
            answer.expect(200, "one", .forwarded)
            #expect(answer.interim.map(\.status) == [102, 103])
            #expect(answer.interim.last?.fields.first { $0.name == "Link" }?.value == "</a>; rel=preload")
            #expect(answer["Link"] == nil)
            let stored = try await scene.get("/x")
            stored.expect(200, "one", .hit)
            #expect(stored.interim.isEmpty)
            #expect(stored["Link"] == nil)
        }
    }

    @Test func `RFC 9110 §15.2: an interim answer is not held back until the final one`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            let final = Reply(200, [], "one")
            scene.origin.answers(
                Reply(
                    steps: [.requestBody, .head("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), .wait(gate)]
                        + final.steps))
            let client = try await scene.client()
            await client.ask("GET", "/x")
            try await eventually(within: .seconds(3), "the early hint") { await client.interimCount == 1 }
            gate.open()
            try await client.answer().expect(200, "one")
            await client.close()
        }
    }

    @Test func `RFC 9110 §10.1.1: a client that expects 100 is told to go on, and its body arrives`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, [], "thanks")
            let client = try await scene.client()
            await client.send(
                "POST /x HTTP/1.1\r\nHost: proxy.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            try await eventually(within: .seconds(3), "100") { await client.interimCount == 1 }
            await client.send("text")
            let answer = try await client.answer()
            answer.expect(200, "thanks")
            #expect(answer.interim.map(\.status) == [100])
            #expect(scene.origin.lastRequest?.text == "text")
            await client.close()
        }
    }

    @Test func `RFC 9110 §15.2.1: a 100 that the origin sends unasked is taken for nothing more`() async throws {
        try await RouteScene.play { scene in
            let final = Reply(200, [], "one")
            scene.origin.answers(Reply(steps: [.head("HTTP/1.1 100 Continue\r\n\r\n")] + final.steps))
            try await scene.get("/x").expect(200, "one")
            scene.origin.answers(Reply(steps: [.head("HTTP/1.1 100 Continue\r\n\r\n")] + final.steps))
            try await scene.ask("POST", "/x", body: "text").expect(200, "one")
        }
    }
}
