import EventLoops
import MintcacheTesting
import RedisStore
import Testing

@Suite("A Redis client that asks sentinels", .serialized, .timeLimit(.minutes(2)))
struct RedisSentinelTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private func expectWrite(_ client: RedisClient, within limit: Duration) async throws {
        try await eventually(within: limit, "a write") {
            do throws(RedisError) {
                return try await client.run(RedisCommand("SET", "a", "b")) == .status("OK")
            } catch {
                return false
            }
        }
    }

    @Test("finds the master, follows when another takes its place, and when that is killed")
    func failover() async throws {
        let group = try await RedisSentinels.start()
        let client = try bench.client(group.url)
        #expect(try await client.run(RedisCommand("SET", "a", "b")) == .status("OK"))
        #expect(try await group.servers[0].command("GET", "a") == "b")
        try await group.sentinels[0].command("SENTINEL", "FAILOVER", RedisSentinels.masterName)
        try await eventually(within: .seconds(15), "the replica is master") {
            // A server that changes its role ends its clients' connections.
            (try? await group.servers[1].command("ROLE"))?.hasPrefix("master") == true
        }
        try await expectWrite(client, within: .seconds(10))
        #expect(try await client.run(RedisCommand("ROLE")).elements?.first?.text == "master")
        try await eventually(within: .seconds(15), "the old master follows") {
            (try? await group.servers[0].command("ROLE"))?.contains("connected") == true
        }
        try await group.servers[1].kill()
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        try await expectWrite(client, within: .seconds(20))
        #expect(try await group.servers[0].command("GET", "a") == "b")
        await client.close()
        try await group.stop()
    }

    @Test("signs in to sentinels and servers with the credentials of each, over TLS")
    func credentials() async throws {
        var options = RedisServer.Options()
        options.usesTLS = true
        options.password = "for-servers"
        let group = try await RedisSentinels.start(options, sentinelPassword: "for-sentinels")
        let trust = try #require(group.servers[0].certificate).certificatePath
        let client = try bench.client(group.url) { $0.trust = .file(trust) }
        #expect(try await client.run(RedisCommand("SET", "a", "b")) == .status("OK"))
        let wrong = try bench.client(group.url.replacing("for-sentinels", with: "hunter2")) { $0.trust = .file(trust) }
        let error = await #expect(throws: RedisError.self) { try await wrong.run(RedisCommand("GET", "a")) }
        guard case .refused(let reason) = error else {
            Issue.record("the error is \(String(describing: error))")
            return
        }
        #expect(!reason.contains("hunter2"))
        let stranger = try bench.client(group.url.replacing("mymaster", with: "nobody")) { $0.trust = .file(trust) }
        let unknown = await #expect(throws: RedisError.self) { try await stranger.run(RedisCommand("GET", "a")) }
        #expect(unknown?.description.contains("knows no master") == true)
        for client in [client, wrong, stranger] { await client.close() }
        try await group.stop()
    }
}
