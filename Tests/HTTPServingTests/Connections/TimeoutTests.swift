import EventLoops
import Testing

@testable import HTTPServing

@Suite("A client that takes too long")
struct TimeoutTests {
    @Test("over a head gets 408, however it trickles")
    func header() async throws {
        let timeouts = ServerTimeouts(header: .milliseconds(200))
        try await TestServer.with(timeouts: timeouts) { server in
            let client = try server.client()
            #expect(try client.get("/hello").status == 200)
            let start = MonotonicTime.current
            try client.send("GET / HTTP/1.1\r\n")
            let trickle = Task { [sender = client.sender] in
                do {
                    while !Task.isCancelled {
                        try sender.send(Array("X: y\r\n".utf8))
                        await server.loops[0].sleep(for: .milliseconds(20))
                    }
                } catch {
                    // The server has closed: what the test waits for.
                }
            }
            let answer = try client.readAnswer()
            trickle.cancel()
            #expect(answer.status == 408)
            #expect(answer.field("Connection") == "close")
            #expect(answer.text.contains("urn:mintcache:problem:request-timeout"))
            #expect(MonotonicTime.current - start >= .milliseconds(190))
            #expect(server.server.counters.failures == ["header-timeout": 1])
        }
    }

    @Test("to begin a request is dropped without a word")
    func idle() async throws {
        try await TestServer.with(timeouts: ServerTimeouts(idle: .milliseconds(500))) { server in
            let fresh = try server.client()
            #expect(try fresh.isClosedCleanly())
            let used = try server.client()
            #expect(try used.get("/hello").status == 200)
            #expect(try used.isClosedCleanly())
            #expect(server.server.counters.failures.isEmpty)
        }
    }

    @Test("between requests is measured from the last one")
    func idleRestarts() async throws {
        try await TestServer.with(timeouts: ServerTimeouts(idle: .seconds(1))) { server in
            let client = try server.client()
            let start = MonotonicTime.current
            for _ in 0..<3 {
                #expect(try client.get("/hello").status == 200)
                #expect(client.isQuiet(for: .milliseconds(500)))
            }
            #expect(try client.isClosedCleanly())
            #expect(MonotonicTime.current - start >= .milliseconds(1900))
        }
    }

    @Test("over a body is told so, and the connection ends")
    func body() async throws {
        try await TestServer.with(timeouts: ServerTimeouts(body: .milliseconds(100))) { server in
            let client = try server.client()
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            let answer = try client.readAnswer()
            #expect(answer.status == 408)
            #expect(answer.text == "body-timeout")
            #expect(answer.field("Connection") == "close")
            #expect(try client.isClosedCleanly())
        }
    }

    @Test("to take an answer is dropped, with what waited for it")
    func write() async throws {
        try await TestServer.with(timeouts: ServerTimeouts(write: .milliseconds(200))) { server in
            let client = try server.client(receiveBuffer: 4096)
            try client.send("GET /size/20000000 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await server.eventually { server.server.counters.bytesWritten > 0 })
            #expect(await server.eventually { server.server.connectionCount == 0 })
        }
    }
}
