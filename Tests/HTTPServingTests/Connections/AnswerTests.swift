import EventLoops
import Testing

@testable import HTTPServing

@Suite("An answer")
struct AnswerTests {
    @Test("leaves the connection open for the next request")
    func keepAlive() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            for _ in 0..<3 {
                let answer = try client.get("/hello")
                #expect(answer.status == 200)
                #expect(answer.text == "hello")
                #expect(answer.field("Connection") == nil)
                #expect(answer.field("Content-Length") == "5")
                #expect(answer.field("Date")?.hasSuffix(" GMT") == true)
            }
            #expect(server.server.connectionCount == 1)
        }
    }

    @Test("to HEAD has the length of the body, but not the body")
    func head() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nHEAD /size/100000 HTTP/1.1\r\nHost: a\r\n\r\n")
            let first = try client.readAnswer(toHead: true)
            #expect(first.field("Content-Length") == "5")
            #expect(try client.readAnswer(toHead: true).field("Content-Length") == "100000")
            #expect(try client.get("/hello").text == "hello")
        }
    }

    @Test("with status 204 or 304 has no body and no length")
    func bodiless() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            for (path, status) in [("/nothing", 204), ("/same", 304)] {
                let answer = try client.get(path)
                #expect(answer.status == status)
                #expect(answer.field("Content-Length") == nil)
            }
            #expect(try client.get("/hello").text == "hello")
        }
    }

    @Test("closes the connection when the client asks for that")
    func close() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try client.readAnswer()
            #expect(answer.field("Connection") == "close")
            #expect(answer.text == "hello")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("to HTTP/1.0 closes the connection unless the client would keep it")
    func version10() async throws {
        try await TestServer.with { server in
            let kept = try server.client()
            try kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try kept.readAnswer().field("Connection") == "keep-alive")
            #expect(try kept.get("/hello").text == "hello")
            let closed = try server.client()
            try closed.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(try closed.readAnswer().field("Connection") == "close")
            #expect(try closed.isClosedCleanly())
        }
    }

    @Test("to pipelined requests comes in their order and in one piece")
    func pipelining() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            _ = try client.get("/hello")
            let paths = ["/a", "/hello", "/b", "/nothing", "/c"]
            try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            try client.receive()
            let answers = client.receivedText
            #expect(answers.split(separator: "HTTP/1.1 ").count == 5)
            let found = try paths.map { _ in try client.readAnswer() }
            #expect(found.map(\.status) == [404, 200, 404, 204, 404])
            #expect(found.map(\.text) == ["no /a", "hello", "no /b", "", "no /c"])
        }
    }

    @Test("comes however the request is cut")
    func pieces() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            _ = try client.get("/hello")
            let request = Array("GET /hello HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n".utf8)
            for cut in 1..<request.count {
                try client.send(Array(request[..<cut]))
                let before = server.server.counters.bytesRead
                #expect(await server.eventually { server.server.counters.bytesRead >= before })
                try client.send(Array(request[cut...]))
                #expect(try client.readAnswer().text == "hello")
            }
            for octet in request { try client.send([octet]) }
            #expect(try client.readAnswer().text == "hello")
        }
    }

    @Test("to each of 10,000 requests in one burst arrives", arguments: [1, 2])
    func burst(_ loops: Int) async throws {
        try await TestServer.with(loops: loops) { server in
            let clients = try (0..<4).map { _ in try server.client() }
            let request = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            for _ in 0..<25 {
                for client in clients { try client.send(String(repeating: request, count: 100)) }
                for client in clients {
                    for _ in 0..<100 { #expect(try client.readAnswer().status == 200) }
                }
            }
            #expect(await server.eventually { server.server.counters.requests == 10_000 })
        }
    }

    @Test("waits for a slow reader, whole and unchanged", arguments: [7_000, 100_000, 2_000_000])
    func slowReader(_ size: Int) async throws {
        try await TestServer.with { server in
            let client = try server.client(receiveBuffer: 32 << 10)
            try client.send(
                String(repeating: "GET /size/\(size) HTTP/1.1\r\nHost: a\r\n\r\n", count: 3)
                    + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let expected = Octets(count: size).bytes
            for _ in 0..<3 { #expect(try client.readAnswer().body == expected) }
            #expect(try client.readAnswer().text == "hello")
        }
    }

    @Test("comes over IPv6, too", .enabled(if: hasIPv6, "This machine has no IPv6."))
    func ipv6() async throws {
        let loopback = try #require(SocketAddress(numericHost: "::1", port: 0))
        try await TestServer.with(at: loopback) { server in
            #expect(server.server.address.family == .ipv6)
            let answer = try server.client().get("/hello")
            #expect(answer.text == "hello")
        }
    }

    private static var hasIPv6: Bool {
        guard let loopback = SocketAddress(numericHost: "::1", port: 0) else { return false }
        do {
            _ = FileDescriptor(owning: try ListeningSocket.open(at: loopback, backlog: 1).descriptor)
            return true
        } catch {
            return false
        }
    }

    @Test("that the handler forgot is a 500")
    func silence() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let answer = try client.get("/silence")
            #expect(answer.status == 500)
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("cannot be split by what its fields contain")
    func splitting() async throws {
        let hostile: ClosureHandler.Body = { _, writer in
            writer.respond(Response(status: 200, fields: [("X-A\r\nEvil", "b\r\nSet-Cookie: c\u{0}")]))
            return .answered
        }
        try await TestServer.with(hostile) { server in
            let answer = try server.client().get("/")
            #expect(answer.field("Set-Cookie") == nil)
            #expect(answer.head.contains("X-A  Evil: b  Set-Cookie: c \r\n"))
        }
    }
}
