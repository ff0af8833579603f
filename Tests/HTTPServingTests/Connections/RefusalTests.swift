import EventLoops
import Testing

@testable import HTTPServing

@Suite("A refused request")
struct RefusalTests {
    private func refusal(
        _ request: String, limits: MessageLimits = MessageLimits(), _ body: (TestClient.Answer) -> Void
    ) async throws {
        try await TestServer.with(limits: limits) { server in
            let client = try server.client()
            let good = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send(good + request + good)
            #expect(try client.readAnswer().text == "hello")
            let answer = try client.readAnswer()
            #expect(answer.field("Connection") == "close")
            #expect(answer.field("Content-Type") == "application/problem+json")
            #expect(answer.text.contains("\"status\":\(answer.status),"))
            body(answer)
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("is answered, and nothing after it", arguments: HostileHead.all.filter { !$0.text.hasPrefix("\u{16}") })
    func hostile(_ head: HostileHead) async throws {
        try await refusal(head.text) { #expect($0.status == head.status) }
    }

    @Test("says what is wrong")
    func problem() async throws {
        try await refusal("GET / HTTP/1.1\r\n\r\n") { answer in
            let expected =
                #"{"type":"urn:mintcache:problem:invalid-request","title":"Bad Request","status":400,"#
                + #""detail":"An HTTP/1.1 request needs a Host field."}"#
            #expect(answer.text == expected)
        }
        try await refusal("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n") { answer in
            #expect(answer.field("Allow") == "GET, HEAD, POST, OPTIONS")
            #expect(answer.text.contains("urn:mintcache:problem:method-not-allowed"))
        }
    }

    @Test("has the status of the limit it exceeds")
    func limits() async throws {
        let limits = MessageLimits(requestLineBytes: 50, headerBytes: 100, headerCount: 3, bodyBytes: 10)
        let long = String(repeating: "a", count: 100)
        try await refusal("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) { #expect($0.status == 414) }
        try await refusal("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", limits: limits) {
            #expect($0.status == 431)
        }
        try await refusal("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\nC:\r\n\r\n", limits: limits) {
            #expect($0.status == 431)
        }
        try await refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", limits: limits) {
            #expect($0.status == 413)
        }
    }

    @Test("is counted by its reason")
    func counted() async throws {
        try await TestServer.with { server in
            for _ in 0..<2 {
                let client = try server.client()
                try client.send("GET / HTTP/1.1\r\n\r\n")
                #expect(try client.readAnswer().status == 400)
            }
            #expect(server.server.counters.failures == ["host-missing": 2])
        }
    }

    @Test("gets its answer although the client is still sending")
    func stillSending() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n")
            try client.send([UInt8](repeating: 0x61, count: 400_000))
            let answer = try client.readAnswer()
            #expect(answer.text == "hello")
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("for want of connections is a 503 that says when to come back")
    func tooMany() async throws {
        try await TestServer.with(maximumConnections: 2) { server in
            var clients = try [server.client(), server.client()]
            for client in clients { #expect(try client.get("/hello").status == 200) }
            let refused = try server.client()
            let answer = try refused.readAnswer()
            #expect(answer.status == 503)
            #expect(answer.field("Retry-After") == "1")
            #expect(answer.text.contains("urn:mintcache:problem:overloaded"))
            #expect(try refused.isClosedCleanly())
            #expect(server.server.counters.refused == 1)
            clients.removeLast()
            #expect(await server.eventually { server.server.connectionCount <= 1 })
            #expect(try server.client().get("/hello").status == 200)
        }
    }
}
