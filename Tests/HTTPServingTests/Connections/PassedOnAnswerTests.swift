import EventLoops
import Testing

@testable import HTTPServing

@Suite("An answer that is passed on")
struct PassedOnAnswerTests {
    /// Answers every request with one head and body.
    private func answering(_ head: StreamHead, _ body: String = "") -> ClosureHandler.Body {
        { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    exchange.beginStreaming(head)
                    do throws(ClientGone) {
                        try await exchange.write(Array(body.utf8))
                        exchange.finishStreaming()
                    } catch {
                        exchange.abort()
                    }
                }
            }
        }
    }

    private func fields(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("has the origin's field lines octet by octet, and its Date")
    func block() async throws {
        let block = fields("dAtE: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-a:b\r\nX-A:\t c\r\nX-E:\r\n")
        let head = StreamHead(status: 200, fields: block, hasDate: true, content: .length(2))
        try await TestServer.with(answering(head, "ok")) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(
                    answer.head == "HTTP/1.1 200 OK\r\n" + String(decoding: block, as: UTF8.self)
                        + "Content-Length: 2\r\n\r\n")
                #expect(answer.text == "ok")
            }
        }
    }

    @Test("may have field values of any octets")
    func rawOctets() async throws {
        let value = (0x80...0xFF).map { UInt8($0) }
        let head = StreamHead(
            status: 200, fields: fields("X-Raw: ") + value + fields("\r\n"), content: .length(0))
        try await TestServer.with(answering(head)) { server in
            let client = try server.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let received = try client.readOctetsToEnd()
            #expect(received.firstRange(of: fields("X-Raw: ") + value + fields("\r\n")) != nil)
        }
    }

    @Test("gets a Date when it has none")
    func date() async throws {
        try await TestServer.with(answering(StreamHead(status: 200, content: .length(0)))) { server in
            let answer = try server.client().get("/")
            #expect(answer.field("Date")?.hasSuffix(" GMT") == true)
        }
    }

    @Test(
        "may have any final status, known or not",
        arguments: [
            (200, "OK"), (207, "Multi-Status"), (299, ""), (399, ""), (418, ""), (425, "Too Early"), (599, ""),
            (600, ""), (999, ""),
        ])
    func statuses(_ status: Int, _ reason: String) async throws {
        try await TestServer.with(answering(StreamHead(status: status, content: .length(2)), "ok")) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(answer.head.hasPrefix("HTTP/1.1 \(status) \(reason)\r\n"))
                #expect(answer.text == "ok")
            }
        }
    }

    @Test("whole may bring its Date, too")
    func wholeWithDate() async throws {
        let handler: ClosureHandler.Body = { request, writer in
            writer.writeStatus(200, addsDate: request.method != .get)
            if request.method == .get { writer.write("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n") }
            writer.finishHead(contentLength: 0)
            return .answered
        }
        try await TestServer.with(handler) { server in
            let client = try server.client()
            let dated = try client.get("/").head
            #expect(dated == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n")
            try client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.readAnswer().head.contains("\r\nDate: "))
        }
    }

    @Test("to HEAD tells what the origin told of the length, and has no body")
    func head() async throws {
        let cases: [(StreamHead, String?, String?)] = [
            (StreamHead(status: 200, content: .length(12_345)), "12345", nil),
            (StreamHead(status: 200, fields: fields("Content-Length: 77\r\n"), content: .none), "77", nil),
            (StreamHead(status: 200, content: .none), nil, nil),
            (StreamHead(status: 200, content: .unknown), nil, "chunked"),
        ]
        for (head, length, coding) in cases {
            try await TestServer.with(answering(head)) { server in
                let client = try server.client()
                for _ in 0..<2 {
                    try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                    let answer = try client.readAnswer(toHead: true)
                    #expect(answer.field("Content-Length") == length)
                    #expect(answer.field("Transfer-Encoding") == coding)
                    #expect(answer.field("Connection") == nil)
                }
            }
        }
    }

    @Test("without content says so only where the client would wait", arguments: [(200, "0"), (204, nil), (304, nil)])
    func empty(_ status: Int, _ length: String?) async throws {
        try await TestServer.with(answering(StreamHead(status: status, content: .none), "dropped")) { server in
            let client = try server.client()
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(answer.status == status)
                #expect(answer.field("Content-Length") == length)
                #expect(answer.body.isEmpty)
            }
        }
    }

    @Test("to HTTP/1.0 of unknown length ends with the connection, without content it does not")
    func version10() async throws {
        for (status, connection) in [(200, "close"), (204, "keep-alive"), (304, "keep-alive")] {
            let body = status == 200 ? "to the end" : ""
            try await TestServer.with(answering(StreamHead(status: status, content: .unknown), body)) { server in
                let client = try server.client()
                try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let answer = try client.readAnswer()
                #expect(answer.field("Connection") == connection)
                #expect(answer.field("Transfer-Encoding") == nil)
                #expect(answer.text == body)
            }
        }
    }

    // MARK: Broken off

    /// Begins an answer, sends a part of it, and gives up.
    private func breaking(
        _ content: StreamHead.Content, _ end: @escaping @Sendable (Exchange) -> Void
    ) -> ClosureHandler.Body {
        { _, _ in
            .deferred { exchange in
                Task(executorPreference: exchange.loop) {
                    exchange.beginStreaming(StreamHead(status: 200, content: content))
                    do throws(ClientGone) {
                        try await exchange.write(Octets(count: 100_000).bytes)
                        end(exchange)
                    } catch {
                        exchange.abort()
                    }
                }
            }
        }
    }

    private func exchange(_ version: String, on server: TestServer) throws -> TestClient {
        let client = try server.client()
        try client.send("GET / HTTP/1.\(version)\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
        return client
    }

    @Test("that is truncated is sent so far and never looks complete")
    func truncated() async throws {
        try await TestServer.with(breaking(.unknown) { $0.truncate() }) { server in
            let text = try exchange("1", on: server).readToEnd()
            #expect(text.contains("186a0\r\n"))
            #expect(text.utf8.count > 100_000)
            #expect(!text.hasSuffix("0\r\n\r\n"))
            #expect(try exchange("0", on: server).isReset())
        }
        try await TestServer.with(breaking(.length(100_001)) { $0.truncate() }) { server in
            for version in ["0", "1"] {
                let client = try exchange(version, on: server)
                let head = try client.readAnswer(toHead: true)
                #expect(head.field("Content-Length") == "100001")
                try client.skip(100_000)
                #expect(try client.isClosedCleanly())
            }
        }
    }

    @Test("that is aborted is reset")
    func aborted() async throws {
        for content in [StreamHead.Content.unknown, .length(100_001)] {
            try await TestServer.with(breaking(content) { $0.abort() }) { server in
                for version in ["0", "1"] {
                    let client = try exchange(version, on: server)
                    #expect(try client.isReset())
                }
            }
        }
    }

    @Test("that its handler forgets is reset")
    func forgotten() async throws {
        try await TestServer.with(breaking(.unknown) { _ in }) { server in
            for version in ["0", "1"] {
                let client = try exchange(version, on: server)
                #expect(try client.isReset())
            }
        }
    }
}
