import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing

@testable import Mintcache

@Suite("Routes: a process's memory", .timeLimit(.minutes(2)), .serialized) struct RouteMemoryScenarios {
    private static let size = 200_000_000
    private static let mostGrowth = 8 * 1024

    @Test(arguments: [false, true])
    func `200 MB pass through in a few, whether the reader is fast or stands still`(isStalled: Bool) async throws {
        try await play { daemon, origin, loop in
            origin.always { request in
                let size = request.target == "/small" ? 1_000_000 : Self.size
                return Reply(200, ["Cache-Control: max-age=100"], length: size, then: [.fill(size)])
            }
            for _ in 0..<5 { _ = try await self.get("/small", from: daemon, on: loop) }
            let memory = try ProcessMemoryFigure(daemon.process.identifier)
            let client = try await SceneClient.open(
                to: daemon.address.port, on: loop, keptBytes: 0, receiveBuffer: isStalled ? 64 * 1024 : 0)
            if isStalled { await client.pauseReading() }
            await client.ask("GET", "/large")
            if isStalled {
                try await origin.received(6)
                try await self.standsStill(origin)
                #expect(try memory.growth < Self.mostGrowth)
                await client.resumeReading()
            }
            let answer = try await client.answer(within: .seconds(60))
            #expect(answer.isComplete && answer.bodyLength == Self.size)
            let growth = try memory.growth
            #expect(growth < Self.mostGrowth, "KiB")
            await client.close()
        }
    }

    @Test func `200 MB sent by a client pass through in a few`() async throws {
        try await play { daemon, origin, loop in
            origin.always(200, [], "thanks")
            for _ in 0..<5 { _ = try await self.put(1_000_000, to: daemon, on: loop) }
            let memory = try ProcessMemoryFigure(daemon.process.identifier)
            try await self.put(Self.size, to: daemon, on: loop).expect(200, "thanks")
            #expect(origin.lastRequest?.bodyLength == Self.size)
            let growth = try memory.growth
            #expect(growth < Self.mostGrowth, "KiB")
        }
    }

    private func play(
        _ scenario: @Sendable (Daemon, ScriptedOrigin, EventLoop) async throws -> Void
    ) async throws {
        let loops = try EventLoopGroup(count: 1, label: "upstream")
        let loop = try EventLoop(label: "client")
        let upstream = SampleUpstream()
        _ = try await upstream.start(on: loops.loops)
        let origin = try await ScriptedOrigin(time: TimeSource())
        let folder = try TemporaryDirectory()
        var options = Scene.Options()
        options.sections = [
            "routes: [ { name: scripted, path: \"/\", upstream: \"http://127.0.0.1:\(origin.port)/\" } ]"
        ]
        do {
            let daemon = try await Daemon.start(options, upstream, in: folder)
            try await scenario(daemon, origin, loop)
            daemon.process.send(.terminate)
            #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
        } catch {
            Issue.record(error)
        }
        await origin.stop()
        await upstream.stop()
        loops.shutdown()
        loop.shutdown()
    }

    private func get(_ target: String, from daemon: Daemon, on loop: EventLoop) async throws -> SceneAnswer {
        let client = try await SceneClient.open(to: daemon.address.port, on: loop, keptBytes: 0)
        let answer = try await client.request("GET", target, ["Cache-Control: no-cache"])
        await client.close()
        return answer
    }

    private func put(_ size: Int, to daemon: Daemon, on loop: EventLoop) async throws -> SceneAnswer {
        let client = try await SceneClient.open(to: daemon.address.port, on: loop)
        await client.send("PUT /x HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: \(size)\r\n\r\n")
        let piece = [UInt8](repeating: 46, count: 1_000_000)
        for _ in 0..<size / piece.count {
            await client.send(piece)
            try await eventually(within: .seconds(30), "room") { await client.pendingBytes < 4_000_000 }
        }
        let answer = try await client.answer(within: .seconds(30))
        await client.close()
        return answer
    }

    private func standsStill(_ origin: ScriptedOrigin) async throws {
        var last = (value: origin.sentBytes, since: MonotonicTime.current)
        try await eventually(within: .seconds(20), "a standstill") {
            let value = origin.sentBytes
            if value != last.value { last = (value, .current) }
            return MonotonicTime.current - last.since > .milliseconds(300)
        }
        #expect(last.value < Self.size / 2)
    }
}
