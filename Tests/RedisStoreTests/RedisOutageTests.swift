import EventLoops
import MintcacheTesting
import RedisStore
import Testing

@Suite("A Redis client whose server fails", .serialized, .timeLimit(.minutes(2)))
struct RedisOutageTests {
    private let bench: Workbench
    private let clock = ContinuousClock()

    init() throws {
        bench = try Workbench()
    }

    /// Whatever is answered must be the answer to what was asked, from the first moment on.
    private func expectRecovery(of client: RedisClient, within limit: Duration = .seconds(2)) async throws {
        var number = 0
        try await eventually(within: limit, "the client's recovery") {
            number += 1
            do throws(RedisError) {
                let reply = try await client.run(RedisCommand("ECHO", "\(number)"))
                #expect(reply.text == "\(number)")
                return true
            } catch {
                return false
            }
        }
        try await eventually(within: limit, "a lasting connection") { await client.isReachable }
        #expect(try await client.run(RedisCommand("ECHO", "again")).text == "again")
    }

    @Test("gives a frozen server its time-out once, then fails at once, and is back within two seconds")
    func frozen() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url) { $0.timeout = .milliseconds(250) }
        _ = try await client.run(RedisCommand("SET", "wrong", "answer"))
        server.freeze()
        let first = await clock.measure {
            await #expect(throws: RedisError.timedOut) { try await client.run(RedisCommand("GET", "wrong")) }
        }
        #expect(first >= .milliseconds(240) && first < .milliseconds(900))
        try await eventually("the connection is given up") { await !client.isReachable }
        let next = await clock.measure {
            for _ in 0..<20 {
                await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "wrong")) }
            }
        }
        #expect(next < .milliseconds(200))
        let before = await client.statistics.attempts
        let observed = clock.now
        try await eventually("three more attempts") { await client.statistics.attempts >= before + 3 }
        #expect(clock.now - observed >= .milliseconds(500))
        server.thaw()
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("fails at once while the server is gone, and is back within two seconds of its return")
    func restarted() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        try await server.kill()
        let time = await clock.measure {
            await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        }
        #expect(time < .seconds(1))
        let before = await client.statistics.attempts
        try await eventually("more attempts") { await client.statistics.attempts >= before + 2 }
        try await server.start()
        try await expectRecovery(of: client)
        #expect(await client.statistics.fault == nil)
        await client.close()
    }

    @Test("replaces a connection that the server closed in good order without failing anybody")
    func closedByServer() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        for _ in 0..<3 {
            _ = try await client.run(RedisCommand("PING"))
            let connections = await client.statistics.connections
            try await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            try await eventually("a new connection") { await client.statistics.connections > connections }
            #expect(try await client.run(RedisCommand("ECHO", "still here")).text == "still here")
        }
        #expect(await client.statistics.failures == 0)
        await client.close()
    }

    @Test("connects to a server that is started after it")
    func lateServer() async throws {
        let server = try await RedisServer.start()
        try await server.stop()
        let client = try bench.client(server.url)
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        try await server.start()
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("gives no partial value and recovers when connections are cut in the middle of a reply")
    func cut() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)")
        let value = [UInt8](repeating: 7, count: 200_000)
        _ = try await client.run(RedisCommand("SET", "v").with(value))
        try proxy.set(.cut(afterBytes: 100_000))
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "v")) }
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        #expect(try await client.run(RedisCommand("GET", "v")) == .bulk(value))
        await client.close()
    }

    @Test("drops a peer that sends garbage and recovers when it makes sense again")
    func garbage() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)")
        _ = try await client.run(RedisCommand("PING"))
        try proxy.set(.garbage)
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        guard case .malformed = error else {
            Issue.record("the error is \(String(describing: error))")
            return
        }
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("gives late replies to nobody")
    func late() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .milliseconds(200) }
        _ = try await client.run(RedisCommand("PING"))
        try proxy.set(.hang)
        await #expect(throws: RedisError.timedOut) { try await client.run(RedisCommand("ECHO", "late")) }
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("takes a server that answers too slowly for an absent one, and makes few attempts")
    func slow() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .milliseconds(100) }
        _ = try await client.run(RedisCommand("PING"))
        try proxy.set(.latency(.milliseconds(300)))
        await #expect(throws: RedisError.timedOut) { try await client.run(RedisCommand("PING")) }
        let connections = await client.statistics.connections
        let attempts = await client.statistics.attempts
        try await eventually("two more attempts") { await client.statistics.attempts >= attempts + 2 }
        #expect(await client.statistics.connections == connections)
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("treats a replica without its master as absent, and notices when it is promoted")
    func replica() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("SET", "a", "b"))
        try await server.command("CONFIG", "SET", "replica-serve-stale-data", "no")
        try await server.command("REPLICAOF", "127.0.0.1", "1")
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        #expect(await !client.isReachable)
        try await server.command("REPLICAOF", "NO", "ONE")
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("reads from a server that has become read-only, and writes again soon after it is writable")
    func readOnly() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("SET", "a", "b"))
        try await server.command("REPLICAOF", "127.0.0.1", "1")
        let reply = try await client.run(RedisCommand("SET", "a", "c"))
        #expect(reply.serverError?.meaning == .readOnly)
        #expect(try await client.run(RedisCommand("GET", "a")).text == "b")
        #expect(await client.statistics.connections == 2)
        try await server.command("REPLICAOF", "NO", "ONE")
        try await eventually(within: .seconds(2), "a write") {
            try await client.run(RedisCommand("SET", "a", "d")) == .status("OK")
        }
        await client.close()
    }

    @Test("notices that its password has been changed")
    func passwordChanged() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        try await server.command("CONFIG", "SET", "requirepass", "new")
        _ = try await client.run(RedisCommand("PING"))
        await client.reset()
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        #expect(error == .refused("NOAUTH"))
        await client.close()
    }
}
