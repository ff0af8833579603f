import EventLoops
import MintcacheTesting
import Testing

@testable import Mintcache

/// The harness itself: what the scenarios of routes rely on.
@Suite("The scripted origin", .timeLimit(.minutes(1))) struct ScriptedOriginScenarios {
    @Test func `answers with the octets of its script and hands over what it was asked`() async throws {
        try await play { origin, client in
            origin.answers(200, ["X-Odd: \u{FF}"], "one")
            let answer = try await client.request("M-SEARCH", "/a?b", ["X-In: \u{7E}"], body: "text")
            answer.expect(200, "one")
            #expect(answer["X-Odd"] == "\u{FF}")
            #expect(answer["Date"] == origin.date())
            let request = try #require(origin.lastRequest)
            #expect(request.method == "M-SEARCH")
            #expect(request.target == "/a?b")
            #expect(request["x-in"] == "~")
            #expect(request.text == "text")
            #expect(origin.connectionCount == 1)
        }
    }

    @Test func `writes dates by the scene's clock`() async throws {
        try await play { origin, client in
            origin.answers(200, ["Expires: {now+3600}", "Last-Modified: {now-60}", "Date: {now}"])
            let answer = try await client.request("GET", "/")
            #expect(answer["Expires"] == origin.date(3600))
            #expect(answer["Last-Modified"] == origin.date(-60))
            #expect(answer.values("Date") == [origin.date()])
        }
    }

    @Test func `waits at a gate, and goes on when it opens`() async throws {
        try await play { origin, client in
            let gate = Gate()
            origin.answers(Reply(200, length: 6, then: [.body(Array("one".utf8)), .wait(gate), .body([33, 33, 33])]))
            await client.ask("GET", "/")
            try await eventually("the first half") { await client.receivedBytes == 3 }
            gate.open()
            try await client.answer().expect(200, "one!!!")
        }
    }

    @Test func `takes chunked bodies apart, and tells a cut answer from a whole one`() async throws {
        try await play { origin, client in
            origin.answers(Reply(200, length: 10, then: [.body([49]), .close]))
            await client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n2;x\r\n!!\r\n0\r\n\r\n")
            let answer = try await client.answer()
            #expect(!answer.isComplete)
            #expect(answer.text == "1")
            #expect(origin.lastRequest?.text == "one!!")
        }
    }

    @Test func `sends much, no faster than it is taken`() async throws {
        try await play(receiveBuffer: 64 * 1024) { origin, client in
            origin.answers(Reply(200, length: 50_000_000, then: [.fill(50_000_000)]))
            await client.pauseReading()
            await client.ask("GET", "/")
            try await eventually("the kernel is full") { origin.sentBytes > 64 * 1024 }
            #expect(origin.sentBytes < 10_000_000)
            await client.resumeReading()
            let answer = try await client.answer()
            #expect(answer.bodyLength == 50_000_000)
            #expect(answer.body.count == 1000)
        }
    }

    @Test func `refuses and takes connections as told`() async throws {
        try await play { origin, client in
            origin.always(200)
            try await client.request("GET", "/").expect(200)
            await origin.vanish()
            try await eventually("the end") { await client.isEnded }
            #expect(throws: (any Error).self) { try LoopbackTCP.connection(to: origin.port) }
            try await origin.listen()
            let other = try await SceneClient.open(to: origin.port, on: origin.loop)
            try await other.request("GET", "/").expect(200)
            #expect(origin.connectionCount == 2)
            await other.close()
        }
    }

    private func play(
        receiveBuffer: Int32 = 0, _ body: (ScriptedOrigin, SceneClient) async throws -> Void
    ) async throws {
        let time = TimeSource()
        time.advance(by: .milliseconds(1020 - time.now % 1000))
        let origin = try await ScriptedOrigin(time: time)
        let client = try await SceneClient.open(
            to: origin.port, on: origin.loop, keptBytes: 1000, receiveBuffer: receiveBuffer)
        try await body(origin, client)
        await client.close()
        await origin.stop()
    }
}
