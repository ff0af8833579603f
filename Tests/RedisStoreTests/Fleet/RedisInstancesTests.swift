import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Testing

@Suite("The living instances of a fleet", .timeLimit(.minutes(1)))
struct RedisInstancesTests {
    private let keys = RedisKeys(prefix: "t:")

    @Test("are those who said so in the last seconds of the server's clock and have not left")
    func living() async throws {
        let bench = try Workbench()
        let server = try await RedisServer.start()
        let client = try bench.client(server.url)
        let instances = RedisInstances(client: client, keys: keys)
        #expect(try await instances.beat(as: "a").living == ["a"])
        #expect(try await instances.beat(as: "b").living == ["a", "b"])
        #expect(try await instances.beat(as: "c").living == ["a", "b", "c"])
        try await instances.leave("b")
        #expect(try await instances.beat(as: "a").living == ["a", "c"])
        // Heard of last six seconds before the server's present.
        let now = try await server.command("TIME").split(separator: "\n")
        let seconds = try #require(now.first.flatMap { Int($0) })
        try await server.command("ZADD", keys.instances, "\((seconds - 6) * 1000)", "c")
        #expect(try await instances.beat(as: "a").living == ["a"])
        await client.close()
    }

    @Test("are unknown while the server does not answer")
    func unreachable() async throws {
        let bench = try Workbench()
        let server = try await RedisServer.start()
        try await server.stop()
        let client = try bench.client(server.url)
        let instances = RedisInstances(client: client, keys: keys)
        await #expect(throws: StoreError.self) { try await instances.beat(as: "a") }
        await client.close()
    }
}
