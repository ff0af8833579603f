import EventLoops
import Testing

@testable import HTTPServing

@Suite("An interim answer")
struct InterimAnswerTests {
    private let hint = Array("Link: </a.css>; rel=preload\r\n".utf8)

    /// Sends interim answers with these statuses before the final one, and one after.
    private func hinting(_ statuses: [Int]) -> ClosureHandler.Body {
        { [hint] request, writer in
            if request.path.count == 6 { return TestServer.routes(request, &writer) }
            return .deferred { exchange in
                for status in statuses { exchange.sendInterim(status: status, fields: hint) }
                exchange.respond(Response(status: 200, contentType: "text/plain", body: exchange.request.path))
                exchange.sendInterim(status: 103, fields: hint)
            }
        }
    }

    @Test("comes before the final one, in the order of the requests")
    func order() async throws {
        try await TestServer.with(hinting([102, 103, 199])) { server in
            let client = try server.client()
            let paths = ["/hello", "/a", "/hello", "/b"]
            try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for path in paths {
                if path == "/hello" {
                    #expect(try client.readAnswer().text == "hello")
                    continue
                }
                let lines = String(decoding: hint, as: UTF8.self) + "\r\n"
                #expect(try client.readAnswer().head == "HTTP/1.1 102 Processing\r\n" + lines)
                #expect(try client.readAnswer().head == "HTTP/1.1 103 Early Hints\r\n" + lines)
                #expect(try client.readAnswer().head == "HTTP/1.1 199 \r\n" + lines)
                #expect(try client.readAnswer().text == path)
            }
        }
    }

    @Test("is sent before the final answer is known")
    func ahead() async throws {
        let mailbox = Mailbox()
        try await TestServer.with({ _, _ in .deferred { mailbox.put($0) } }) { server in
            let client = try server.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let exchange = try await mailbox.next(server)
            await exchange.onLoop { [hint] in $0.sendInterim(status: 103, fields: hint) }
            #expect(try client.readAnswer().status == 103)
            await exchange.onLoop { $0.beginStreaming(StreamHead(status: 204, content: .none)) }
            await exchange.onLoop { $0.finishStreaming() }
            #expect(try client.readAnswer().status == 204)
        }
    }

    @Test("goes to no HTTP/1.0 client")
    func version10() async throws {
        try await TestServer.with(hinting([103])) { server in
            let client = try server.client()
            try client.send("GET /a HTTP/1.0\r\n\r\n")
            #expect(try client.readAnswer().status == 200)
        }
    }

    @Test("is never 100, 101 or a final one")
    func others() async throws {
        try await TestServer.with(hinting([100, 101, 99, 200])) { server in
            let answer = try server.client().get("/a")
            #expect(answer.text == "/a")
        }
    }

    @Test("is one of sixteen at most")
    func bounded() async throws {
        try await TestServer.with(hinting(Array(repeating: 103, count: 40))) { server in
            let client = try server.client()
            try client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<16 { #expect(try client.readAnswer().status == 103) }
            #expect(try client.readAnswer().text == "/a")
        }
    }
}
