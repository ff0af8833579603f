import EventLoops
import Testing

@testable import HTTPServing

@Suite("A body of 200 MB", .timeLimit(.minutes(1)))
struct LargeBodyTests {
    private static let size = 200_000_000
    private static let piece = Octets(count: 50_000).bytes

    /// Streams 200 MB in pieces of 50 kB and counts those that were written.
    private func stream(_ written: Tally, _ failed: Tally = Tally()) -> ClosureHandler.Body {
        { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    exchange.beginStreaming(StreamHead(status: 200, content: .length(Self.size)))
                    do throws(ClientGone) {
                        for _ in 0..<Self.size / Self.piece.count {
                            try await exchange.write(Self.piece)
                            written.add()
                        }
                        exchange.finishStreaming()
                    } catch {
                        failed.add()
                    }
                }
            }
        }
    }

    @Test("goes out, and the next answer after it")
    func download() async throws {
        try await TestServer.with(stream(Tally())) { server in
            let client = try server.client()
            for _ in 0..<2 {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.readAnswer(toHead: true).status == 200)
                try client.skip(Self.size)
            }
        }
    }

    @Test("to a client that reads nothing waits with a few pieces in memory, and is given up")
    func stalled() async throws {
        let written = Tally()
        let failed = Tally()
        let timeouts = ServerTimeouts(write: .milliseconds(500))
        try await TestServer.with(timeouts: timeouts, stream(written, failed)) { server in
            let client = try server.client(receiveBuffer: 4096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await server.eventually { failed.count == 1 })
            #expect(server.server.connectionCount == 0)
            let waiting = written.count * Self.piece.count - server.server.counters.bytesWritten
            #expect(waiting <= ServerConnection.pendingHighWater)
        }
    }

    @Test("comes in")
    func upload() async throws {
        var limits = MessageLimits()
        limits.bodyBytes = Self.size
        let counting: ClosureHandler.Body = { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    var count = 0
                    while let piece = try await exchange.nextBodyPiece() { count += piece.count }
                    exchange.respond(Response(status: 200, contentType: "text/plain", body: "\(count)"))
                }
            }
        }
        try await TestServer.with(limits: limits, counting) { server in
            let client = try server.client()
            try client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.size)\r\n\r\n")
            let piece = Octets(count: 1_000_000).bytes
            for _ in 0..<200 { try client.send(piece) }
            #expect(try client.readAnswer().text == "\(Self.size)")
        }
    }
}
