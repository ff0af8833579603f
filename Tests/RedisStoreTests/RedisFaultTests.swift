import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("A Redis client whose server answers with trouble", .serialized, .timeLimit(.minutes(2)))
struct RedisFaultTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private func expectRecovery(of client: RedisClient, within limit: Duration = .seconds(3)) async throws {
        try await eventually(within: limit, "the client's recovery") {
            do throws(RedisError) {
                return try await client.run(RedisCommand("SET", "recovered", "yes")) == .status("OK")
            } catch {
                return false
            }
        }
    }

    @Test("is left out after five replies in a row that came too slowly, and used again when it is fast")
    func slow() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .seconds(1) }
        _ = try await client.run(RedisCommand("PING"))
        try proxy.set(.latency(.milliseconds(300)))
        for number in 1...5 { #expect(try await client.run(RedisCommand("ECHO", "\(number)")).text == "\(number)") }
        await #expect(throws: RedisError.timedOut) { try await client.run(RedisCommand("PING")) }
        #expect(await !client.isReachable)
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test(
        "loses a connection that does not answer, mixes no replies up, and recovers",
        arguments: [
            ChaosProxy.Mode.half, .swallow, .jitter(upTo: .milliseconds(800)), .cut(afterBytes: 1000), .garbage,
        ]
    )
    func wire(mode: ChaosProxy.Mode) async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .milliseconds(200) }
        let text = String(repeating: "x", count: 300)
        _ = try await client.run(RedisCommand("PING"))
        try proxy.set(mode)
        for number in 0..<40 {
            do throws(RedisError) {
                #expect(try await client.run(RedisCommand("ECHO", "\(number)\(text)")).text == "\(number)\(text)")
            } catch {
                #expect(error != .closed)
            }
        }
        try proxy.set(.pass)
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("asks a server without a place for it once a second, and does not disturb who has one")
    func turnedAway() async throws {
        var options = RedisServer.Options()
        options.configuration = ["maxclients 1"]
        let server = try await RedisServer.start(options)
        let first = try bench.client(server.url)
        _ = try await first.run(RedisCommand("PING"))
        let second = try bench.client(server.url)
        await #expect(throws: RedisError.turnedAway) { try await second.run(RedisCommand("PING")) }
        let start = MonotonicTime.current
        try await eventually("a second attempt") { await second.statistics.attempts == 2 }
        #expect(MonotonicTime.current - start > .milliseconds(900))
        #expect(try await first.run(RedisCommand("ECHO", "a")).text == "a")
        await first.close()
        try await expectRecovery(of: second)
        await second.close()
    }

    @Test("keeps five attempts a second at most, however many clients share the server")
    func pacing() async throws {
        let server = try await RedisServer.start()
        let proxy = try ChaosProxy(to: server.port)
        let client = try bench.client("redis://127.0.0.1:\(proxy.port)")
        let siblings = (0..<4).map { _ in client.sibling() }
        for each in [client] + siblings { _ = try await each.run(RedisCommand("PING")) }
        try await server.kill()
        let before = proxy.connectionCount
        let start = MonotonicTime.current
        try await eventually("fifteen attempts") { proxy.connectionCount >= before + 15 }
        #expect(MonotonicTime.current - start > .milliseconds(2500))
        for each in [client] + siblings { await each.close() }
    }

    @Test("reads on from a server that takes no writes, counts them, and tells of it once a second")
    func writesRefused() async throws {
        var options = RedisServer.Options()
        options.configuration = ["enable-protected-configs yes"]
        let server = try await RedisServer.start(options)
        let events = Collected<RedisClient.Event>()
        let client = try bench.client(server.url, onEvent: { events.append($0) })
        _ = try await client.run(RedisCommand("SET", "a", "b"))
        let causes: [(set: [[String]], code: String, undo: [[String]])] = [
            ([["maxmemory", "1"]], "OOM", [["maxmemory", "0"]]),
            ([["min-replicas-to-write", "1"]], "NOREPLICAS", [["min-replicas-to-write", "0"]]),
        ]
        for cause in causes {
            for setting in cause.set { try await server.command("CONFIG", "SET", setting[0], setting[1]) }
            for _ in 0..<50 {
                let replies = try await client.pipeline([RedisCommand("SET", "a", "c"), RedisCommand("GET", "a")])
                #expect(replies[0].serverError?.code == cause.code)
                #expect(replies[1].text == "b")
            }
            for setting in cause.undo { try await server.command("CONFIG", "SET", setting[0], setting[1]) }
            #expect(events.values.contains(.refusing(code: cause.code, commands: 1)))
        }
        #expect(await client.statistics.refusedWrites == 100)
        #expect(await client.statistics.connections == 1)
        // Fifty refusals within moments are one event, or two when a second passed meanwhile.
        #expect(events.values.count <= 5)
        await client.close()
    }

    @Test("goes on reading when the server cannot save, and tells that from an error of the command")
    func cannotSave() async throws {
        var options = RedisServer.Options()
        options.configuration = ["enable-protected-configs yes", "save 3600 1"]
        let server = try await RedisServer.start(options)
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("SET", "a", "b"))
        try await server.command("CONFIG", "SET", "dir", "/proc")
        try await server.command("BGSAVE")
        try await eventually("the save has failed") {
            try await server.command("INFO", "persistence").contains("rdb_last_bgsave_status:err")
        }
        let replies = try await client.pipeline([RedisCommand("SET", "a", "c"), RedisCommand("GET", "a")])
        #expect(replies[0].serverError?.meaning == .writesStopped)
        #expect(replies[1].text == "b")
        await client.close()
    }

    @Test("takes a server that is busy with a script for absent, and is back when that is over")
    func busy() async throws {
        var options = RedisServer.Options()
        options.configuration = ["busy-reply-threshold 20"]
        let server = try await RedisServer.start(options)
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        let script = Task { try? await server.command("EVAL", "while true do end", "0") }
        try await eventually("the client's failure") {
            do throws(RedisError) {
                _ = try await client.run(RedisCommand("GET", "a"))
                return false
            } catch {
                return error.description.contains("BUSY")
            }
        }
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        try await server.command("SCRIPT", "KILL")
        _ = await script.value
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("takes a server that loads its data for absent, and is back when that is over")
    func loading() async throws {
        var options = RedisServer.Options()
        options.configuration = ["key-load-delay 500", "loading-process-events-interval-bytes 1024"]
        let server = try await RedisServer.start(options)
        try await server.command("DEBUG", "POPULATE", "2000")
        let client = try bench.client(server.url)
        _ = try await client.run(RedisCommand("PING"))
        let reload = Task { try? await server.command("DEBUG", "RELOAD") }
        try await eventually("the client's failure") {
            do throws(RedisError) {
                _ = try await client.run(RedisCommand("GET", "a"))
                return false
            } catch {
                return error.description.contains("LOADING")
            }
        }
        _ = await reload.value
        try await expectRecovery(of: client)
        await client.close()
    }

    @Test("lets an account do what it may, says what it may not, and tells of it without its password")
    func limitedAccount() async throws {
        var options = RedisServer.Options()
        options.usesTLS = true
        options.users = [
            "default off",
            "app on >hunter2 ~mintcache:* resetchannels +@read +@write +@scripting -@dangerous +multi "
                + "+exec +ping +client|setname",
        ]
        let server = try await RedisServer.start(options)
        let trust = try #require(server.certificate).certificatePath
        let events = Collected<RedisClient.Event>()
        let url = "rediss://app:hunter2@127.0.0.1:\(server.port)"
        let client = try bench.client(url, { $0.trust = .file(trust) }, onEvent: { events.append($0) })
        let keys = RedisKeys(prefix: "mintcache:")
        let cache = RedisSharedCache(client: client, keys: keys, milliseconds: { 1_700_000_000_000 })
        let record = try TokenRecord.sample(1)
        try await cache.store(record, enqueueForArchive: true)
        #expect(try await cache.record(for: record.reference, within: .seconds(2)) == record)
        let replies = try await client.pipeline([RedisCommand("GET", "other"), RedisCommand("FLUSHALL")])
        #expect(replies.allSatisfy { $0.serverError?.meaning == .permission })
        #expect(await client.statistics.deniedCommands == 2)
        #expect(events.values.contains(.refusing(code: "NOPERM", commands: 1)))
        #expect(!"\(events.values)\(replies)".contains("hunter2"))
        await client.close()
    }
}
