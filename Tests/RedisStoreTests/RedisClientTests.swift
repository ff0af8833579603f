import EventLoops
import MintcacheTesting
import RedisStore
import Testing

@Suite("A Redis client", .serialized, .timeLimit(.minutes(2)))
struct RedisClientTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    @Test("sends any bytes and answers every kind of reply, a server's error too")
    func basics() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        let value: [UInt8] = [0, 13, 10, 255, 36]
        let replies = try await client.pipeline([
            RedisCommand("SET", "a").with(value), RedisCommand("GET", "a"), RedisCommand("INCR", "n"),
            RedisCommand("GET", "missing"), RedisCommand("INCR", "a"), RedisCommand("NOSUCH"),
            RedisCommand("MGET", "a", "missing"), RedisCommand("SET", "empty", ""), RedisCommand("GET", "empty"),
        ])
        #expect(Array(replies[..<4]) == [.status("OK"), .bulk(value), .integer(1), .null])
        #expect(replies[4].serverError != nil)
        #expect(replies[5].serverError?.message.contains("unknown command") == true)
        #expect(Array(replies[6...]) == [.array([.bulk(value), .null]), .status("OK"), .bulk([])])
        #expect(await client.isReachable)
        await client.close()
    }

    @Test("takes a value of ten megabytes there and back")
    func large() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url) { $0.timeout = .seconds(10) }
        let value = [UInt8]((0..<10_000_000).map { UInt8(truncatingIfNeeded: $0) })
        #expect(try await client.run(RedisCommand("SET", "big").with(value)) == .status("OK"))
        #expect(try await client.run(RedisCommand("GET", "big")) == .bulk(value))
        await client.close()
    }

    @Test("keeps ten thousand commands of many callers in order over one connection")
    func pipelining() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url) { $0.timeout = .seconds(20) }
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<100 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<10 {
                        let names = (0..<10).map { "\(caller).\(round).\($0)" }
                        let replies = try await client.pipeline(names.map { RedisCommand("ECHO", $0) })
                        wrong += zip(names, replies).count { $0 != $1.text }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
        #expect(await client.statistics.connections == 1)
        #expect(await client.statistics.commands == 10_000)
        await client.close()
    }

    @Test("costs a caller without patience its reply and nobody else anything")
    func impatience() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url) { $0.timeout = .seconds(5) }
        _ = try await client.run(RedisCommand("PING"))
        await #expect(throws: RedisError.timedOut) {
            try await client.run(RedisCommand("DEBUG", "SLEEP", "0.3"), within: .milliseconds(30))
        }
        for name in ["x", "y", "z"] {
            #expect(try await client.run(RedisCommand("ECHO", name)).text == name)
        }
        #expect(await client.statistics.connections == 1)
        await client.close()
    }

    @Test("stays in step when callers are cancelled")
    func cancellation() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        let cancelled = (0..<50).map { number in
            Task { try await client.run(RedisCommand("ECHO", "cancelled \(number)")) }
        }
        for task in cancelled { task.cancel() }
        for number in 0..<50 {
            #expect(try await client.run(RedisCommand("ECHO", "\(number)")).text == "\(number)")
        }
        await client.close()
    }

    @Test("refuses more than it may have under way, and fails what is under way when it is closed")
    func limits() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client(server.url) {
            $0.timeout = .seconds(30)
            $0.maximumPendingCommands = 3
        }
        _ = try await client.run(RedisCommand("PING"))
        server.freeze()
        let pending = Task { try await client.pipeline([RedisCommand("PING"), RedisCommand("PING")]) }
        try await eventually("the command is under way") { await client.statistics.commands == 3 }
        await #expect(throws: RedisError.overloaded) {
            try await client.pipeline([RedisCommand("PING"), RedisCommand("PING")])
        }
        await client.close()
        await #expect(throws: RedisError.closed) { try await pending.value }
        await #expect(throws: RedisError.closed) { try await client.run(RedisCommand("PING")) }
        #expect(await !client.isReachable)
    }

    @Test("signs in with a password and uses the database of the URL")
    func signIn() async throws {
        var options = RedisServer.Options()
        options.password = "p@ss/word"
        options.users = ["reader on >other ~* +@all"]
        let server = try await RedisServer.start(options)
        let client = try bench.client("redis://:p%40ss%2Fword@localhost:\(server.port)/3")
        #expect(try await client.run(RedisCommand("SET", "where", "here")) == .status("OK"))
        #expect(try await server.command("-n", "3", "GET", "where") == "here")
        #expect(try await server.command("CLIENT", "LIST").contains("name=mintcache"))
        let named = try bench.client("redis://reader:other@127.0.0.1:\(server.port)")
        #expect(try await named.run(RedisCommand("ACL", "WHOAMI")).text == "reader")
        await client.close()
        await named.close()
    }

    @Test(
        "says what is wrong with its configuration and never the password",
        arguments: ["redis://:hunter2@", "redis://reader:hunter2@", "redis://"])
    func wrongPassword(prefix: String) async throws {
        var options = RedisServer.Options()
        options.password = "right"
        let server = try await RedisServer.start(options)
        let events = Collected<RedisClient.Event>()
        let client = try bench.client("\(prefix)127.0.0.1:\(server.port)", onEvent: { events.append($0) })
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        guard case .refused(let reason) = error else {
            Issue.record("the error is \(String(describing: error))")
            return
        }
        #expect(!reason.contains("hunter2"))
        #expect(reason.contains("WRONGPASS") || reason.contains("NOAUTH"))
        let again = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        #expect(again == error)
        #expect(await client.statistics.attempts == 1)
        #expect(events.values.count == 1)
        await client.close()
    }

    @Test("refuses a database that the server does not have")
    func wrongDatabase() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client("\(server.url)/999")
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("PING")) }
        #expect(error?.description.contains("SELECT") == true)
        await client.close()
    }

    @Test("speaks TLS with a server it believes, and with no other")
    func tls() async throws {
        var options = RedisServer.Options()
        options.usesTLS = true
        options.password = "secret"
        let server = try await RedisServer.start(options)
        let certificate = try #require(server.certificate)
        for host in ["127.0.0.1", "localhost"] {
            let url = "rediss://:secret@\(host):\(server.port)"
            let client = try bench.client(url) { $0.trust = .file(certificate.certificatePath) }
            #expect(try await client.run(RedisCommand("ECHO", "hello")).text == "hello")
            await client.close()
        }
        let doubter = try bench.client(server.url)
        let error = await #expect(throws: RedisError.self) { try await doubter.run(RedisCommand("PING")) }
        #expect(error?.description.contains("certificate") == true)
        await doubter.close()
        #expect(throws: RedisError.self) { try bench.client(server.url) { $0.trust = .file("/does/not/exist") } }
    }
}
