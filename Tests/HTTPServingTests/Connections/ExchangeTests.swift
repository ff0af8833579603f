import EventLoops
import Testing

@testable import HTTPServing

@Suite("A request answered later")
struct ExchangeTests {
    /// Puts `/later…` into the mailbox and answers everything else at once.
    private func handler(_ mailbox: Mailbox) -> ClosureHandler.Body {
        { request, writer in
            guard String(decoding: request.path, as: UTF8.self).hasPrefix("/later") else {
                return TestServer.routes(request, &writer)
            }
            return .deferred { mailbox.put($0) }
        }
    }

    private func answer(_ exchange: Exchange, _ text: String) async {
        await exchange.onLoop { $0.respond(Response(status: 200, contentType: "text/plain", body: text)) }
    }

    @Test("holds back the requests behind it")
    func order() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(handler(mailbox)) { server in
            let client = try server.client()
            let paths = ["/hello", "/later/1", "/a", "/later/2", "/b"]
            try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            #expect(try client.readAnswer().text == "hello")
            let first = try await mailbox.next(server)
            #expect(first.request.path == "/later/1")
            #expect(mailbox.count == 0)
            await answer(first, "one")
            #expect(try client.readAnswer().text == "one")
            #expect(try client.readAnswer().text == "no /a")
            await answer(try await mailbox.next(server), "two")
            #expect(try client.readAnswer().text == "two")
            #expect(try client.readAnswer().text == "no /b")
            #expect(try client.get("/hello").text == "hello")
        }
    }

    @Test("may be answered at once, too")
    func synchronous() async throws {
        let handler: ClosureHandler.Body = { _, _ in
            .deferred { exchange in
                exchange.respond(Response(status: 200, contentType: "text/plain", body: exchange.request.path))
            }
        }
        try await TestServer.with(handler) { server in
            let client = try server.client()
            try client.send(["/a", "/b", "/c"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            #expect(try (0..<3).map { _ in try client.readAnswer().text } == ["/a", "/b", "/c"])
        }
    }

    @Test("may be answered in the middle of another connection's request")
    func nested() async throws {
        let mailbox = Mailbox()
        let handler: ClosureHandler.Body = { request, writer in
            guard String(decoding: request.path, as: UTF8.self) == "/release" else {
                return .deferred { mailbox.put($0) }
            }
            writer.writeStatus(200)
            while let waiting = mailbox.take() {
                waiting.respond(Response(status: 200, contentType: "text/plain", body: waiting.request.path))
            }
            writer.finishHead(contentLength: 8)
            writer.writeBody("released")
            return .answered
        }
        try await TestServer.with(handler) { server in
            let waiting = try server.client()
            try waiting.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await server.eventually { mailbox.count == 1 })
            let releasing = try server.client()
            #expect(try releasing.get("/release").text == "released")
            #expect(try waiting.readAnswer().text == "/one")
            #expect(await server.eventually { mailbox.count == 1 })
            #expect(try releasing.get("/release").text == "released")
            #expect(try waiting.readAnswer().text == "/two")
        }
    }

    @Test("still gets its answer when the client has closed its side")
    func halfClosed() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(handler(mailbox)) { server in
            let client = try server.client()
            try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            let exchange = try await mailbox.next(server)
            let ends = Tally()
            await exchange.onLoop { $0.onInputEnd = { ends.add() } }
            #expect(await server.eventually { ends.count == 1 })
            await answer(exchange, "late")
            #expect(try client.readAnswer().text == "late")
            #expect(try client.readAnswer().text == "hello")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("tells its handler when the client is gone, once, and then takes any answer")
    func cancelled() async throws {
        let mailbox = Mailbox()
        let cancellations = Tally()
        try await TestServer.with(handler(mailbox)) { server in
            var client: TestClient? = try server.client()
            try client?.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
            let exchange = try await mailbox.next(server)
            await exchange.onLoop { exchange in
                exchange.onCancel = { cancellations.add() }
            }
            client?.resetOnClose()
            client = nil
            #expect(await server.eventually { cancellations.count == 1 })
            #expect(server.server.connectionCount == 0)
            await answer(exchange, "nobody")
            #expect(cancellations.count == 1)
            await exchange.onLoop { $0.onCancel = { cancellations.add() } }
            #expect(await server.eventually { cancellations.count == 2 })
        }
    }

    @Test("that nobody answers is a 500")
    func dropped() async throws {
        try await TestServer.with({ _, _ in .deferred { _ in } }) { server in
            let client = try server.client()
            #expect(try client.get("/").status == 500)
            #expect(try client.isClosedCleanly())
            #expect(server.server.counters.failures == ["unanswered": 1])
        }
    }

    @Test("may be aborted with a reset")
    func aborted() async throws {
        try await TestServer.with({ _, _ in .deferred { $0.abort() } }) { server in
            let client = try server.client()
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.isReset())
        }
    }

    @Test("costs no busy waiting while the client sends ahead of the answer")
    func flood() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(handler(mailbox)) { server in
            let client = try server.client()
            let count = 10_000
            try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
            let exchange = try await mailbox.next(server)
            let requests = Array(String(repeating: "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", count: count).utf8)
            let sender = Task { [sender = client.sender] in try sender.send(requests) }
            #expect(await server.eventually { server.server.counters.bytesRead > 60_000 })
            await server.loops[0].sleep(for: .milliseconds(20))
            #expect(server.server.counters.bytesRead < 70_000)
            await answer(exchange, "late")
            #expect(try client.readAnswer().text == "late")
            for _ in 0..<count { #expect(try client.readAnswer().status == 204) }
            try await sender.value
        }
    }
}
