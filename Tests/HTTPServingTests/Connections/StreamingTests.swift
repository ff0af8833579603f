import EventLoops
import Testing

@testable import HTTPServing

@Suite("A streamed answer")
struct StreamingTests {
    /// Streams the pieces, and counts those that were taken.
    private func stream(
        _ pieces: [[UInt8]], length: Int? = nil, taken: Tally = Tally(), failed: Tally = Tally()
    ) -> ClosureHandler.Body {
        { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    exchange.beginStreaming(status: 200, fields: [("X-Kind", "stream")], contentLength: length)
                    do throws(ClientGone) {
                        for piece in pieces {
                            try await exchange.write(piece)
                            taken.add()
                        }
                        exchange.finishStreaming()
                    } catch {
                        failed.add()
                    }
                }
            }
        }
    }

    private let pieces = ["Hello", ", ", "", "world"].map { Array($0.utf8) }

    @Test("goes out in chunks, and the connection goes on")
    func chunks() async throws {
        try await TestServer.with(stream(pieces)) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(answer.field("Transfer-Encoding") == "chunked")
                #expect(answer.field("X-Kind") == "stream")
                #expect(answer.field("Content-Length") == nil)
                #expect(answer.text == "Hello, world")
            }
        }
    }

    @Test("to HTTP/1.0 ends with the connection")
    func version10() async throws {
        try await TestServer.with(stream(pieces)) { server in
            let client = try server.client()
            try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let answer = try client.readAnswer()
            #expect(answer.field("Connection") == "close")
            #expect(answer.field("Transfer-Encoding") == nil)
            #expect(answer.text == "Hello, world")
        }
    }

    @Test("to HEAD has no body")
    func head() async throws {
        try await TestServer.with(stream(pieces)) { server in
            let client = try server.client()
            try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.readAnswer(toHead: true).field("Transfer-Encoding") == "chunked")
            #expect(try client.get("/").text == "Hello, world")
        }
    }

    @Test("of known length has that length")
    func length() async throws {
        try await TestServer.with(stream(pieces, length: 12)) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(answer.field("Content-Length") == "12")
                #expect(answer.text == "Hello, world")
            }
        }
    }

    @Test("that is shorter than announced ends the connection")
    func short() async throws {
        try await TestServer.with(stream(pieces, length: 13)) { server in
            let client = try server.client()
            #expect(throws: TestClient.Failure.self) { try client.get("/") }
        }
    }

    @Test("waits for a client that reads slowly")
    func backPressure() async throws {
        let taken = Tally()
        let piece = [UInt8](repeating: 0x61, count: 64 << 10)
        let pieces = Array(repeating: piece, count: 200)
        try await TestServer.with(stream(pieces, taken: taken)) { server in
            let client = try server.client(receiveBuffer: 4096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await server.eventually { taken.count > 3 })
            await server.loops[0].sleep(for: .milliseconds(50))
            #expect(taken.count < 150)
            let answer = try client.readAnswer()
            #expect(answer.body.count == 200 * piece.count)
            #expect(taken.count == 200)
        }
    }

    @Test("ends with an error when the client goes")
    func clientGone() async throws {
        let taken = Tally()
        let failed = Tally()
        let pieces = Array(repeating: [UInt8](repeating: 0x61, count: 64 << 10), count: 2000)
        try await TestServer.with(stream(pieces, taken: taken, failed: failed)) { server in
            var client: TestClient? = try server.client(receiveBuffer: 4096)
            try client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await server.eventually { taken.count > 3 })
            client?.resetOnClose()
            client = nil
            #expect(await server.eventually { failed.count == 1 })
            #expect(taken.count < 2000)
        }
    }

    @Test("of raw octets breaks what rule it likes")
    func raw() async throws {
        let lie = "HTTP/1.1 200 OK\nContent-Length: 100\r\n\r\nshort"
        let handler: ClosureHandler.Body = { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    do throws(ClientGone) {
                        try await exchange.writeRaw(Array(lie.utf8))
                        try await exchange.writeRaw(Array("!".utf8))
                        exchange.finishStreaming()
                    } catch {
                        exchange.abort()
                    }
                }
            }
        }
        try await TestServer.with(handler) { server in
            let client = try server.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.readToEnd() == lie + "!")
        }
    }
}
