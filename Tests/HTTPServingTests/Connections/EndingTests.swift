import EventLoops
import Glibc
import Testing

@testable import HTTPServing

@Suite("A server that ends")
struct EndingTests {
    private func later(_ mailbox: Mailbox) -> ClosureHandler.Body {
        { request, writer in
            guard String(decoding: request.path, as: UTF8.self) == "/later" else {
                return TestServer.routes(request, &writer)
            }
            return .deferred { mailbox.put($0) }
        }
    }

    @Test("lets every request in flight finish and closes idle connections")
    func drain() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(loops: 2, later(mailbox)) { server in
            let idle = try (0..<3).map { _ in try server.client() }
            for client in idle { #expect(try client.get("/hello").status == 200) }
            let busy = try (0..<20).map { _ in try server.client() }
            for client in busy { try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(await server.eventually { mailbox.count == 20 })
            let drained = Task { await server.server.drain(within: .seconds(10)) }
            for client in idle { #expect(try client.isClosedCleanly()) }
            #expect(await server.eventually { server.server.connectionCount == 20 })
            #expect(throws: TestClient.Failure.self) { try server.client() }
            while let exchange = mailbox.take() {
                await exchange.onLoop { $0.respond(Response(status: 200, contentType: "text/plain", body: "done")) }
            }
            for client in busy {
                let answer = try client.readAnswer()
                #expect(answer.text == "done")
                #expect(answer.field("Connection") == "close")
                #expect(try client.isClosedCleanly())
            }
            await drained.value
            #expect(server.server.connectionCount == 0)
        }
    }

    @Test("does not wait longer than its limit")
    func drainLimit() async throws {
        let mailbox = Mailbox()
        try await TestServer.with(later(mailbox)) { server in
            let client = try server.client()
            try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
            let exchange = try await mailbox.next(server)
            await server.server.drain(within: .milliseconds(50))
            #expect(server.server.connectionCount == 0)
            #expect(try client.isClosedCleanly())
            await exchange.onLoop { $0.respond(Response(status: 200)) }
        }
    }

    @Test("leaves no descriptor behind")
    func descriptors() async throws {
        let mailbox = Mailbox()
        var before = 0
        try await TestServer.with(later(mailbox)) { server in
            before = try openSockets(of: server)
            for _ in 0..<50 {
                let client = try server.client()
                #expect(try client.get("/hello").status == 200)
            }
            #expect(await server.eventually { server.server.connectionCount == 0 })
            #expect(try openSockets(of: server) == before)
        }
    }

    /// Sockets of this process bound to the server's port.
    private func openSockets(of server: TestServer) throws -> Int {
        (0..<1024).filter { number in
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let found = withUnsafeMutablePointer(to: &storage) { pointer in
                let generic = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                guard getsockname(Int32(number), generic, &length) == 0 else { return false }
                return SocketAddress(generic)?.port == server.server.address.port
            }
            return found
        }.count
    }

    @Test("out of descriptors keeps serving, without busy waiting, and recovers")
    func descriptorExhaustion() async {
        await #expect(processExitsWith: .success) {
            try await TestServer.with { server in
                let held = try server.client()
                guard try held.get("/hello").status == 200 else { exit(2) }
                // All descriptors are taken but one, which the next client has: none is left to accept it with.
                let end = ((0..<65_536).last { fcntl($0, F_GETFD) >= 0 } ?? 0) + 4
                var limit = rlimit(rlim_cur: rlim_t(end), rlim_max: rlim_t(end))
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                var taken: [Int32] = []
                while case let copy = dup(0), copy >= 0 { taken.append(copy) }
                close(taken.removeLast())
                let waiting = try server.client()
                guard await server.eventually({ server.server.counters.refused > 0 }) else { exit(3) }
                let before = clock()
                await server.loops[0].sleep(for: .milliseconds(300))
                guard clock() - before < 60_000 else { exit(4) }
                guard try held.get("/hello").status == 200 else { exit(5) }
                withExtendedLifetime(waiting) { for copy in taken { close(copy) } }
                guard await server.eventually({ (try? server.client().get("/hello").status) == 200 }) else { exit(6) }
            }
            exit(0)
        }
    }
}
