import EventLoops
import Testing

@testable import HTTPServing

@Suite("A request body")
struct BodyTests {
    @Test("with a length or in chunks reaches the handler, and the next request follows")
    func echo() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let next = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde" + next)
            #expect(try client.readAnswer().text == "abcde")
            #expect(try client.readAnswer().text == "hello")
            let chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            try client.send(chunked + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n" + next)
            #expect(try client.readAnswer().text == "abcde")
            #expect(try client.readAnswer().text == "hello")
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n" + next)
            #expect(try client.readAnswer().text == "")
            #expect(try client.readAnswer().text == "hello")
        }
    }

    @Test("is the same however it is cut")
    func pieces() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            let wire = Array((head + "3\r\nabc\r\n0\r\n\r\n").utf8)
            for cut in (head.utf8.count - 2)..<wire.count {
                try client.send(Array(wire[..<cut]))
                await server.loops[0].sleep(for: .milliseconds(1))
                try client.send(Array(wire[cut...]))
                #expect(try client.readAnswer().text == "abc")
            }
        }
    }

    @Test("of many reads arrives whole")
    func large() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let body = Octets(count: 100_000).bytes
            for _ in 0..<3 {
                try client.send(Array("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n".utf8) + body)
                #expect(try client.readAnswer().body == body)
            }
        }
    }

    @Test("that the client holds back is asked for with 100 Continue")
    func expectation() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.readAnswer().status == 100)
            try client.send("abc")
            let answer = try client.readAnswer()
            #expect(answer.text == "abc")
            #expect(answer.field("Connection") == nil)
        }
    }

    @Test("that comes at once is not asked for")
    func expectationMet() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
            #expect(try client.readAnswer().text == "abc")
        }
    }

    @Test("that nobody reads ends the connection, and is never taken for a request")
    func unread() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            let smuggled = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n" + smuggled)
            let answer = try client.readAnswer()
            #expect(answer.text == "no /x")
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
            #expect(server.server.counters.requests == 1)
        }
    }

    private static func chunk(_ count: Int) -> String {
        String(count, radix: 16) + "\r\n" + String(repeating: "a", count: count) + "\r\n"
    }

    @Test(
        "that is bad is told to the handler, and the connection ends",
        arguments: [
            ("Content-Length: 100001", "", 413, "body-too-large"),
            ("Transfer-Encoding: chunked", chunk(99_999) + chunk(2), 413, "body-too-large"),
            ("Transfer-Encoding: chunked", "zz\r\n", 400, "chunk-size-invalid"),
            ("Transfer-Encoding: chunked", "1\r\nabc", 400, "chunk-line-end-invalid"),
        ])
    func bad(_ field: String, _ body: String, _ status: Int, _ label: String) async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n\(body)")
            let answer = try client.readAnswer()
            #expect(answer.status == status)
            #expect(answer.text == label)
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("that ends early is told to the handler, which may still answer")
    func incomplete() async throws {
        try await TestServer.with { server in
            let client = try server.client()
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            client.finishSending()
            let answer = try client.readAnswer()
            #expect(answer.status == 400)
            #expect(answer.text == "body-incomplete")
            #expect(try client.isClosedCleanly())
        }
    }
}
