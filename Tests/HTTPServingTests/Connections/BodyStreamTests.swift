import EventLoops
import Testing

@testable import HTTPServing

@Suite("A request body taken in pieces")
struct BodyStreamTests {
    /// Takes every piece and answers with their content, or with the label of what went wrong.
    private func collecting(limit: Int? = nil) -> ClosureHandler.Body {
        { _, _ in
            .deferred { exchange in
                exchange.bodyLimit = limit
                Task(executorPreference: exchange.loop) {
                    var body: [UInt8] = []
                    do throws(BodyFailure) {
                        while let piece = try await exchange.nextBodyPiece() { body += piece }
                        exchange.respond(Response(status: 200, body: body))
                    } catch {
                        let status = error.status ?? 500
                        exchange.respond(Response(status: status, contentType: "text/plain", body: error.label))
                    }
                }
            }
        }
    }

    private func later(_ mailbox: Mailbox) -> ClosureHandler.Body {
        { request, writer in
            guard String(decoding: request.path, as: UTF8.self) == "/later" else {
                return TestServer.routes(request, &writer)
            }
            return .deferred { mailbox.put($0) }
        }
    }

    /// The next piece, or what went wrong.
    private func piece(_ exchange: Exchange) async -> Result<[UInt8]?, BodyFailure> {
        do throws(BodyFailure) {
            return .success(try await exchange.nextBodyPiece())
        } catch {
            return .failure(error)
        }
    }

    private let chunkedHead = "POST /later HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test("with a length or in chunks comes whole, and the next request follows")
    func whole() async throws {
        try await TestServer.with(collecting()) { server in
            let client = try server.client()
            try client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde")
            let next = "PUT / HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send(chunkedHead + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n" + next)
            for expected in ["abcde", "abcde", ""] {
                let answer = try client.readAnswer()
                #expect(answer.text == expected)
                #expect(answer.field("Connection") == nil)
            }
        }
    }

    @Test("is the same however it is cut")
    func cuts() async throws {
        try await TestServer.with(collecting()) { server in
            let client = try server.client()
            let wire = Array((chunkedHead + "3\r\nabc\r\n0\r\n\r\n").utf8)
            for cut in (chunkedHead.utf8.count - 2)..<wire.count {
                try client.send(Array(wire[..<cut]))
                await server.loops[0].sleep(for: .milliseconds(1))
                try client.send(Array(wire[cut...]))
                #expect(try client.readAnswer().text == "abc")
            }
        }
    }

    @Test("comes in pieces of at most 64 KiB, none of them empty, to any context")
    func sizes() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(later(mailbox)) { server in
            let body = Octets(count: 1_000_000).bytes
            for framing in ["Content-Length: 1000000", "Transfer-Encoding: chunked"] {
                let client = try server.client()
                let isChunked = framing.hasSuffix("chunked")
                let wire = isChunked ? Array("F4240\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8) : body
                let sending = Task { [sender = client.sender] in
                    try sender.send(Array("POST /later HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n".utf8) + wire)
                }
                let exchange = try await mailbox.next(server)
                let pieces = try await Task.detached {
                    var pieces: [[UInt8]] = []
                    while let piece = try await exchange.nextBodyPiece() { pieces.append(piece) }
                    return pieces
                }.value
                try await sending.value
                #expect(pieces.allSatisfy { (1...65_536).contains($0.count) })
                #expect(Array(pieces.joined()) == body)
                #expect(await piece(exchange) == .success(nil))
                await exchange.onLoop { $0.respond(Response(status: 204)) }
                #expect(try client.readAnswer().status == 204)
                #expect(try client.get("/hello").text == "hello")
            }
        }
    }

    @Test("that nobody takes stays with the client")
    func backPressure() async throws {
        let mailbox = Mailbox()
        let body = Octets(count: 16 << 20).bytes
        try await TestServer.with(limits: MessageLimits(bodyBytes: body.count), later(mailbox)) { server in
            let client = try server.client()
            try client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
            let sending = Task { [sender = client.sender] in try sender.send(body) }
            let exchange = try await mailbox.next(server)
            var taken = 0
            for _ in 0..<10 { taken += try await exchange.nextBodyPiece()?.count ?? 0 }
            await server.loops[0].sleep(for: .milliseconds(50))
            #expect(server.server.counters.bytesRead < 12 * 65_536)
            while let piece = try await exchange.nextBodyPiece() { taken += piece.count }
            #expect(taken == body.count)
            try await sending.value
            await exchange.onLoop { $0.respond(Response(status: 204)) }
            #expect(try client.readAnswer().status == 204)
        }
    }

    @Test("is asked for at the first piece, once")
    func expectation() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(later(mailbox)) { server in
            let client = try server.client()
            try client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            let exchange = try await mailbox.next(server)
            #expect(client.isQuiet(for: .milliseconds(50)))
            let first = Task { await piece(exchange) }
            #expect(try client.readAnswer().head == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.send("ab")
            #expect(await first.value == .success(Array("ab".utf8)))
            let second = Task { await piece(exchange) }
            try client.send("cd")
            #expect(await second.value == .success(Array("cd".utf8)))
            await exchange.onLoop { $0.respond(Response(status: 200)) }
            let answer = try client.readAnswer()
            #expect(answer.status == 200)
            #expect(answer.field("Connection") == nil)
        }
    }

    @Test("is not asked for after an answer has begun, which closes the connection")
    func answeredEarly() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(later(mailbox)) { server in
            let client = try server.client()
            try client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            let exchange = try await mailbox.next(server)
            await exchange.onLoop { $0.beginStreaming(StreamHead(status: 403, content: .length(0))) }
            let reading = Task { await piece(exchange) }
            let answer = try client.readAnswer()
            #expect(answer.status == 403)
            #expect(answer.field("Connection") == "close")
            await exchange.onLoop { $0.finishStreaming() }
            #expect(await reading.value == .failure(.disconnected))
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("may be answered before its end, and goes on meanwhile")
    func both() async throws {
        let echo: ClosureHandler.Body = { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    exchange.beginStreaming(StreamHead(status: 200, content: .unknown))
                    while let piece = try await exchange.nextBodyPiece() { try await exchange.write(piece) }
                    exchange.finishStreaming()
                }
            }
        }
        try await TestServer.with(echo) { server in
            let client = try server.client()
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n")
            #expect(String(decoding: try client.take(9), as: UTF8.self) == "HTTP/1.1 ")
            try client.send("abc")
            try client.send("def")
            let rest = try client.readToEnd()
            #expect(rest.contains("Connection: close\r\n"))
            #expect(rest.hasSuffix("0\r\n\r\n"))
            #expect(rest.contains("abc"))
        }
    }

    @Test(
        "that is bad is told to the handler, and the connection ends",
        arguments: [
            ("Content-Length: 11", "", 413, "body-too-large"),
            ("Transfer-Encoding: chunked", "a\r\n0123456789\r\n1\r\n", 413, "body-too-large"),
            ("Transfer-Encoding: chunked", "2\r\nab\r\nzz\r\n", 400, "chunk-size-invalid"),
            ("Transfer-Encoding: chunked", "1\r\nabc", 400, "chunk-line-end-invalid"),
            ("Transfer-Encoding: chunked", "1\r\na\r\n0\r\n bad\r\n", 400, "chunk-trailer-invalid"),
        ])
    func bad(_ field: String, _ body: String, _ status: Int, _ label: String) async throws {
        try await TestServer.with(collecting(limit: 10)) { server in
            let client = try server.client()
            try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n\(body)1")
            let answer = try client.readAnswer()
            #expect(answer.status == status)
            #expect(answer.text == label)
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("that ends early is told to the handler", arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func incomplete(_ field: String) async throws {
        try await TestServer.with(collecting()) { server in
            let client = try server.client()
            try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n2\r\n")
            client.finishSending()
            #expect(try client.readAnswer().text == "body-incomplete")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("may take longer than the time for one, while something of it comes")
    func deadline() async throws {
        try await TestServer.with(timeouts: ServerTimeouts(body: .milliseconds(400)), collecting()) { server in
            let client = try server.client()
            let start = MonotonicTime.current
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            for _ in 0..<8 {
                await server.loops[0].sleep(for: .milliseconds(100))
                try client.send("x")
            }
            let answer = try client.readAnswer()
            #expect(answer.text == "body-timeout")
            #expect(answer.status == 408)
            #expect(MonotonicTime.current - start >= .milliseconds(1190))
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("ends with the client")
    func clientGone() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(later(mailbox)) { server in
            var client: TestClient? = try server.client()
            try client?.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            let exchange = try await mailbox.next(server)
            #expect(await piece(exchange) == .success(Array("ab".utf8)))
            let next = Task { await piece(exchange) }
            client?.resetOnClose()
            client = nil
            #expect(await next.value == .failure(.disconnected))
            #expect(await piece(exchange) == .failure(.disconnected))
        }
    }
}
