import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Content: what is believed, and how it is sent", .timeLimit(.minutes(2))) struct ContentTrustScenarios {
    private static let directory = SceneContent.old
    /// More than is held back until it is checked.
    private static let large = [UInt8](repeating: 46, count: 3_000_000)

    @Test func `bytes that the address does not name are never sent and never kept`() async throws {
        try await ContentScene.play { scene in
            let cid = SceneContent.identifier(of: "the truth")
            scene.allAnswer(200, [], "a lie")
            let answer = try await scene.get("/ipfs/\(cid)")
            #expect(answer.status == 502 && !answer.text.contains("a lie"))
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["attempts"]?.elements.map { $0["outcome"]?.string } == ["mismatch", "mismatch"])
            scene.time.advance(by: .seconds(11))
            scene.allAnswer(200, [], "the truth")
            try await scene.get("/ipfs/\(cid)").expect(200, "the truth", .forwarded)
        }
    }

    @Test(arguments: [0, 500_000]) func `large bytes are checked while they are sent`(wrong: Int) async throws {
        try await ContentScene.play { scene in
            let path = "/ipfs/" + SceneContent.identifier(of: Self.large)
            let sent = Self.large.dropLast(wrong) + [UInt8](repeating: 47, count: wrong)
            for gateway in scene.gateways {
                gateway.always { _ in Reply(200, [], length: sent.count, then: [.body(Array(sent))]) }
            }
            let answer = try await scene.get(path)
            #expect(answer.status == 200 && answer["Mintcache-Verified"] == "streaming")
            // A lie stays short of its length, so that nobody takes it for whole.
            #expect(answer.isComplete == (wrong == 0))
            #expect(wrong == 0 ? answer.bodyLength == sent.count : answer.bodyLength < sent.count)
            #expect(try await !scene.get(path).isHit)
        }
    }

    @Test func `a lie without a declared length breaks off before its end`() async throws {
        var options = ContentScene.Options()
        options.content = ["max_entry: 4MiB"]
        try await ContentScene.play(options) { scene in
            let path = "/ipfs/" + SceneContent.identifier(of: Self.large)
            let gate = Gate()
            // The body pauses for longer than it is held back, so that it has to be checked on its way.
            scene.gateways[0].answers(
                Reply(
                    200, [], length: nil,
                    then: [.body(Array(Self.large.prefix(100))), .wait(gate), .fill(2_000_000), .close]))
            let client = try await scene.client()
            await client.ask("GET", path)
            try await eventually(within: .seconds(5), "the head") { await client.partial != nil }
            gate.open()
            let answer = try await client.answer()
            #expect(!answer.isComplete && answer["Mintcache-Verified"] == "streaming")
            await client.close()
            scene.gateways[0].always { _ in Reply(200, [], length: Self.large.count, then: [.body(Self.large)]) }
            let truth = try await scene.get(path)
            #expect(truth.bodyLength == Self.large.count && truth["Mintcache-Verified"] == "yes" && !truth.isHit)
        }
    }

    @Test func `content in one piece of a tree is proven, too`() async throws {
        try await ContentScene.play { scene in
            // "hello world\n" as Kubo adds it, by version 0.
            scene.allAnswer(200, ["Content-Type: text/plain"], "hello world\n")
            let answer = try await scene.get("/ipfs/QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o")
            answer.expect(200, "hello world\n")
            #expect(answer["Mintcache-Verified"] == "yes")
        }
    }

    @Test(arguments: [
        ("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "image/svg+xml", "image/svg+xml"),
        ("<svg onload=\"alert(1)\"/>", "text/html", "image/svg+xml"),
        ("<!DOCTYPE html><script>alert(1)</script>", "text/html", "text/plain; charset=utf-8"),
        ("<!DOCTYPE html><script>alert(1)</script>", "image/png", "text/plain; charset=utf-8"),
        ("<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "application/xhtml+xml", "text/plain; charset=utf-8"),
        ("alert(1)", "text/javascript", "text/plain; charset=utf-8"), ("<x/>", "text/xml", "text/plain; charset=utf-8"),
        ("a{}", "text/css", "text/plain; charset=utf-8"), ("{}", "application/json", "application/json"),
        ("\u{1}\u{2}", "application/x-thing", "application/octet-stream"),
    ])
    func `E-163 nothing runs from our origin`(body: String, declared: String, type: String) async throws {
        try await ContentScene.play { scene in
            let fields = ["Content-Type: \(declared)", "Content-Security-Policy: default-src *", "Refresh: 0;url=/x"]
            scene.allAnswer(200, fields, body)
            for origination in [Origination.forwarded, .hit] {
                let answer = try await scene.get("/ipfs/\(SceneContent.identifier(of: body))")
                answer.expect(200, body, origination)
                #expect(answer["Content-Type"] == type && answer["X-Content-Type-Options"] == "nosniff")
                #expect(answer.values("Content-Security-Policy").count == 1 && answer["Refresh"] == nil)
                let policy = try #require(answer["Content-Security-Policy"])
                #expect(policy.hasPrefix("default-src 'none'; ") && policy.hasSuffix("; sandbox"))
                #expect(!policy.contains("script") && !policy.contains("http"))
                #expect((answer["Content-Disposition"] == "attachment") == (type == "application/octet-stream"))
            }
        }
    }

    @Test func `readers at the same time share one fetch, whatever spelling they ask by`() async throws {
        try await ContentScene.play { scene in
            let text = "shared"
            let cid = SceneContent.identifier(of: text)
            let canonical = try #require(CID(cid)).canonical
            let gate = Gate()
            scene.gateways[0].answers(Reply(200, [], text).after(gate))
            var clients: [SceneClient] = []
            for number in 0..<20 {
                let client = try await scene.client()
                await client.ask("GET", "/ipfs/\(number.isMultiple(of: 2) ? cid : canonical)")
                clients.append(client)
            }
            try await scene.gateways[0].received(1)
            _ = try await scene.get("/healthz")
            gate.open()
            for client in clients {
                try await client.answer().expect(200, text)
                await client.close()
            }
            #expect(scene.requestCounts == [1, 0])
        }
    }

    @Test func `large bodies stream along, to all who read them`() async throws {
        try await ContentScene.play { scene in
            let half = 400_000
            let gate = Gate()
            scene.gateways[0].answers(
                Reply(
                    200, ["Content-Type: video/mp4"], length: 2 * half,
                    then: [.fill(half), .wait(gate), .fill(half)]))
            var clients: [SceneClient] = []
            for _ in 0..<2 {
                let client = try await scene.client()
                await client.ask("GET", "/ipfs/\(Self.directory)/1.mp4")
                try await eventually("the first half") { await client.receivedBytes >= half }
                clients.append(client)
            }
            gate.open()
            for client in clients {
                let answer = try await client.answer()
                #expect(answer.isComplete && answer.bodyLength == 2 * half && answer["Mintcache-Verified"] == "no")
                await client.close()
            }
            #expect(scene.requestCounts == [1, 0])
            #expect(try await scene.get("/ipfs/\(Self.directory)/1.mp4").isHit)
        }
    }

    @Test func `a reader that leaves in the middle of what is not kept ends the fetch`() async throws {
        try await ContentScene.play { scene in
            let size = 100_000_000
            scene.gateways[0].answers(Reply(200, [], length: size, then: [.fill(size)]))
            let client = try await scene.client(keptBytes: 0, receiveBuffer: 64 * 1024)
            await client.ask("GET", "/ipfs/\(Self.directory)/large")
            try await eventually("the beginning") { await client.receivedBytes > 100_000 }
            await client.pauseReading()
            await client.reset()
            try await eventually("the end of the fetch") { scene.gateways[0].openConnectionCount == 0 }
            #expect(scene.gateways[0].sentBytes < size)
        }
    }
}
