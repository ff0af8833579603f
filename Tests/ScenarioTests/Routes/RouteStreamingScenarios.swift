import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing

@testable import Mintcache

@Suite("Routes: streaming", .timeLimit(.minutes(1))) struct RouteStreamingScenarios {
    private static let half = 200_000

    /// An answer of two halves, the second of which waits.
    private func halves(_ gate: Gate, _ fields: [String] = ["Cache-Control: max-age=100"]) -> Reply {
        Reply(200, fields, length: 2 * Self.half, then: [.fill(Self.half), .wait(gate), .fill(Self.half)])
    }

    @Test func `RFC 9110 §7.6: an answer is passed on as it arrives`() async throws {
        try await RouteScene.play { scene in
            for fields in [["Cache-Control: max-age=100"], ["Cache-Control: no-store"]] {
                let gate = Gate()
                scene.origin.answers(halves(gate, fields))
                let client = try await scene.client()
                await client.ask("GET", "/\(fields)".filter { $0.isLetter || $0 == "/" })
                try await eventually(within: .seconds(3), "the first half") {
                    await client.receivedBytes >= Self.half
                }
                gate.open()
                let answer = try await client.answer()
                #expect(answer.isComplete && answer.bodyLength == 2 * Self.half)
                await client.close()
            }
        }
    }

    @Test func `RFC 9111 §4: those who share a fetch stream along, however late they come`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.answers(halves(gate))
            var clients: [SceneClient] = []
            for _ in 0..<3 {
                let client = try await scene.client()
                await client.ask("GET", "/x")
                try await eventually(within: .seconds(3), "the first half") {
                    await client.receivedBytes >= Self.half
                }
                clients.append(client)
            }
            gate.open()
            for client in clients {
                let answer = try await client.answer()
                #expect(answer.isComplete && answer.bodyLength == 2 * Self.half)
                await client.close()
            }
            #expect(scene.origin.requestCount == 1)
            let stored = try await scene.get("/x")
            #expect(stored.isHit && stored.bodyLength == 2 * Self.half)
        }
    }

    @Test(arguments: Tier.allCases)
    func `A body above the entry limit passes through and is not stored`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("max_entry: 64KiB")) { scene in
            for (size, isStored) in [(60_000, true), (70_000, false), (500_000, false)] {
                let before = scene.origin.requestCount
                scene.origin.always { _ in
                    Reply(
                        200, ["Cache-Control: max-age=100"], length: size,
                        then: [.body([UInt8](repeating: 46, count: size))])
                }
                for number in 0..<2 {
                    let answer = try await scene.get("/\(size)")
                    #expect(answer.status == 200 && answer.isComplete && answer.bodyLength == size)
                    #expect(answer.isHit == (isStored && number == 1))
                }
                #expect(scene.origin.requestCount - before == (isStored ? 1 : 2))
                // Without a declared length it is no different.
                scene.origin.always { _ in
                    Reply(200, ["Cache-Control: max-age=100"], length: nil, then: [.fill(size), .close])
                }
                for _ in 0..<2 { #expect(try await scene.get("/open/\(size)").bodyLength == size) }
                #expect(scene.origin.requestCount - before == (isStored ? 2 : 4))
            }
        }
    }

    @Test func `RFC 9110 §7.6: a request's body is passed on as it arrives`() async throws {
        try await RouteScene.play { scene in
            scene.origin.answers(200, [], "thanks")
            let client = try await scene.client()
            await client.send("PUT /x HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: 100000\r\n\r\n")
            await client.send([UInt8](repeating: 46, count: 50_000))
            try await eventually(within: .seconds(3), "the first half") {
                scene.origin.lastRequest?.bodyLength == 50_000
            }
            await client.send([UInt8](repeating: 46, count: 50_000))
            try await client.answer().expect(200, "thanks")
            #expect(scene.origin.lastRequest?.bodyLength == 100_000)
            await client.close()
        }
    }

    @Test func `An origin that does not take a body holds the client up`() async throws {
        let size = 40_000_000
        try await RouteScene.play { scene in
            scene.origin.bodies.close()
            scene.origin.answers(200, [], "thanks")
            let client = try await scene.client()
            await client.send("PUT /x HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: \(size)\r\n\r\n")
            await client.send([UInt8](repeating: 46, count: size))
            try await scene.origin.received(1)
            try await settles { await client.pendingBytes }
            // What is not with the client any more is in the proxy, and in the kernel twice.
            #expect(await client.pendingBytes > size - 20_000_000)
            scene.origin.bodies.open()
            try await client.answer().expect(200, "thanks")
            #expect(scene.origin.lastRequest?.bodyLength == size)
            await client.close()
        }
    }

    @Test func `A client that does not take an answer holds the origin up, and nobody else`() async throws {
        let size = 40_000_000
        try await RouteScene.play { scene in
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"], length: size, then: [.fill(size)]))
            let client = try await scene.client(keptBytes: 0, receiveBuffer: 64 * 1024)
            await client.pauseReading()
            await client.ask("GET", "/x")
            try await scene.origin.received(1)
            try await settles { scene.origin.sentBytes }
            #expect(scene.origin.sentBytes < 20_000_000)
            scene.origin.answers(200, [], "quick")
            try await scene.get("/y").expect(200, "quick")
            await client.resumeReading()
            let answer = try await client.answer()
            #expect(answer.isComplete && answer.bodyLength == size)
            await client.close()
        }
    }

    @Test func `A client that leaves in the middle of what is not stored ends the fetch`() async throws {
        try await RouteScene.play { scene in
            let size = 100_000_000
            scene.origin.answers(Reply(200, ["Cache-Control: no-store"], length: size, then: [.fill(size)]))
            let client = try await scene.client(keptBytes: 0, receiveBuffer: 64 * 1024)
            await client.ask("GET", "/x")
            try await eventually("the beginning") { await client.receivedBytes > 100_000 }
            await client.pauseReading()
            await client.reset()
            try await eventually(within: .seconds(3), "the end of the fetch") { scene.origin.openConnectionCount == 0 }
            #expect(scene.origin.sentBytes < size)
        }
    }

    /// Waits until a number has not changed for a while.
    private func settles(_ number: () async -> Int) async throws {
        var last = (value: await number(), since: MonotonicTime.current)
        try await eventually(within: .seconds(8), "a standstill") {
            let value = await number()
            if value != last.value { last = (value, .current) }
            return MonotonicTime.current - last.since > .milliseconds(150)
        }
    }
}
