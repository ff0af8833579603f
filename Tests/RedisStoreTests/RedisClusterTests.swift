import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("A Redis client of a cluster", .serialized, .timeLimit(.minutes(2)))
struct RedisClusterTests {
    /// For tests that leave it as they found it.
    private static let shared = Task { try await RedisCluster.start() }

    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private func keys(_ count: Int) -> [String] {
        (0..<count).map { "key \($0)" }
    }

    @Test("splits a pipeline by node and puts the replies back in order, over one connection to each")
    func splitting() async throws {
        let cluster = try await Self.shared.value
        let client = try bench.client(cluster.url(seeds: 1))
        let names = keys(300)
        let stored = try await client.pipeline(names.map { RedisCommand("SET", $0, "value of \($0)") })
        #expect(stored.allSatisfy { $0 == .status("OK") })
        let read = try await client.pipeline(
            names.flatMap { [RedisCommand("GET", $0), RedisCommand("ECHO", "after \($0)")] })
        #expect(read.map(\.text) == names.flatMap { ["value of \($0)", "after \($0)"] })
        #expect(await client.statistics.connections == 3)
        #expect(await client.isReachable)
        for node in cluster.nodes { #expect(try await Int(node.command("DBSIZE")) ?? 0 > 50) }
        await client.close()
    }

    @Test("follows a slot that has moved, and goes straight there from then on")
    func moved() async throws {
        let cluster = try await Self.shared.value
        let client = try bench.client(cluster.url())
        let names = keys(50).map { "{moving}\($0)" }
        _ = try await client.pipeline(names.map { RedisCommand("SET", $0, $0) })
        let source = try await cluster.owner(of: "{moving}")
        let target = try #require(cluster.nodes.first { $0 !== source })
        let slot = try #require(Int(try await source.command("CLUSTER", "KEYSLOT", "{moving}")))
        try await cluster.move(slot, from: source, to: target)
        #expect(try await client.pipeline(names.map { RedisCommand("GET", $0) }).map(\.text) == names)
        try await source.command("CONFIG", "RESETSTAT")
        #expect(try await client.run(RedisCommand("GET", names[0])).text == names[0])
        #expect(try await source.command("INFO", "errorstats").contains("MOVED") == false)
        await client.close()
    }

    @Test("asks the next node for a key of a slot that is on its way there")
    func ask() async throws {
        let cluster = try await Self.shared.value
        let client = try bench.client(cluster.url())
        let source = try await cluster.owner(of: "{asking}")
        let target = try #require(cluster.nodes.first { $0 !== source })
        let slot = try #require(Int(try await source.command("CLUSTER", "KEYSLOT", "{asking}")))
        _ = try await client.run(RedisCommand("SET", "{asking}old", "1"))
        try await cluster.beginMove(of: slot, from: source, to: target)
        let replies = try await client.pipeline([
            RedisCommand("GET", "{asking}old"), RedisCommand("SET", "{asking}new", "2"),
            RedisCommand("GET", "{asking}new"),
        ])
        #expect(replies.map(\.text) == ["1", "OK", "2"])
        #expect(try await target.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "9") == "{asking}new")
        // Both keys at once are in no one place before the move is over.
        let both = Task { try await client.run(RedisCommand("EXISTS", "{asking}old", "{asking}new")) }
        try await cluster.move(slot, from: source, to: target)
        #expect(try await both.value == .integer(2))
        await client.close()
    }

    @Test("gives up on nodes that send it to each other for ever")
    func endless() async throws {
        let cluster = try await RedisCluster.start()
        let client = try bench.client(cluster.url())
        let (first, second) = (try await cluster.owner(of: "round"), cluster.nodes)
        let other = try #require(second.first { $0 !== first })
        let slot = try await first.command("CLUSTER", "KEYSLOT", "round")
        try await other.command("CLUSTER", "SETSLOT", slot, "NODE", try await cluster.identifier(of: first))
        try await first.command("CLUSTER", "SETSLOT", slot, "NODE", try await cluster.identifier(of: other))
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "round")) }
        guard case .unreachable = error else {
            Issue.record("the error is \(String(describing: error))")
            return
        }
        await client.close()
        try await cluster.stop()
    }

    @Test("keeps a transaction whole")
    func transaction() async throws {
        let cluster = try await Self.shared.value
        let client = try bench.client(cluster.url())
        for number in 0..<20 {
            let replies = try await client.pipeline([
                RedisCommand("GET", "other \(number)"), RedisCommand("MULTI"),
                RedisCommand("SET", "{\(number)}a", "1"), RedisCommand("INCR", "{\(number)}a"), RedisCommand("EXEC"),
            ])
            #expect(replies.last == .array([.status("OK"), .integer(2)]))
        }
        await client.close()
    }

    @Test("carries the cache and the outbox, whose waiting reader has connections of its own")
    func stores() async throws {
        let cluster = try await Self.shared.value
        let client = try bench.client(cluster.url())
        let keys = RedisKeys(prefix: "stores:")
        let cache = RedisSharedCache(client: client, keys: keys, milliseconds: { 1_700_000_000_000 })
        let outbox = RedisOutbox(client: client, keys: keys, consumer: "one")
        let delivered = Collected<UInt64>()
        let reading = Task {
            await outbox.run { records in delivered.append(contentsOf: records.map { UInt64($0.repetitions) }) }
        }
        let records = try (0..<40).map { number in
            var record = try TokenRecord.sample(UInt64(number))
            record.repetitions = Int(number)
            return record
        }
        for record in records { try await cache.store(record, enqueueForArchive: true) }
        for record in records {
            #expect(try await cache.record(for: record.reference, within: .seconds(2)) == record)
        }
        try await eventually("all are delivered") { Set(delivered.values) == Set<UInt64>(0..<40) }
        #expect(await outbox.drain(within: .seconds(5)))
        await reading.value
        await outbox.close()
        await client.close()
    }

    @Test("does without a node that is lost, and goes on with the replica that takes its place")
    func promotion() async throws {
        let cluster = try await RedisCluster.start(withReplicas: true)
        let client = try bench.client(cluster.url()) { $0.timeout = .milliseconds(500) }
        let names = keys(60)
        _ = try await client.pipeline(names.map { RedisCommand("SET", $0, $0) })
        let lost = try await cluster.owner(of: names[0])
        try await lost.command("WAIT", "1", "5000")
        try await lost.kill()
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", names[0])) }
        #expect(await !client.isReachable)
        try await eventually(within: .seconds(15), "the replica answers") {
            do throws(RedisError) {
                return try await client.run(RedisCommand("GET", names[0])).text == names[0]
            } catch {
                return false
            }
        }
        #expect(try await client.pipeline(names.map { RedisCommand("GET", $0) }).map(\.text) == names)
        await client.close()
        try await cluster.stop()
    }

    @Test("fails at once while no node answers, and finds the cluster when it comes")
    func absent() async throws {
        let cluster = try await Self.shared.value
        let seed = try ChaosProxy(to: cluster.nodes[0].port)
        try seed.set(.refuse)
        let client = try bench.client("redis+cluster://127.0.0.1:\(seed.port)")
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        let attempts = await client.statistics.attempts
        await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        #expect(await client.statistics.attempts == attempts)
        try seed.set(.pass)
        try await eventually(within: .seconds(3), "the client's recovery") {
            do throws(RedisError) {
                return try await client.run(RedisCommand("SET", "a", "b")) == .status("OK")
            } catch {
                return false
            }
        }
        await client.close()
        await #expect(throws: RedisError.closed) { try await client.run(RedisCommand("GET", "a")) }
    }

    @Test("waits for a cluster that is down once, then fails at once until it may be up again")
    func down() async throws {
        let cluster = try await RedisCluster.start()
        let client = try bench.client(cluster.url())
        let lost = try await cluster.owner(of: "a")
        _ = try await client.run(RedisCommand("SET", "a", "1"))
        try await lost.kill()
        try await eventually(within: .seconds(15), "the others find the cluster down") {
            let living = try #require(cluster.nodes.first { $0 !== lost })
            return try await living.command("CLUSTER", "INFO").contains("cluster_state:fail")
        }
        for name in keys(20) {
            await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", name)) }
        }
        let start = MonotonicTime.current
        for name in keys(20) {
            await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", name)) }
        }
        // Twenty times the deadline would be forty seconds.
        #expect(MonotonicTime.current - start < .seconds(10))
        try await lost.start()
        try await eventually(within: .seconds(15), "the client's recovery") {
            do throws(RedisError) {
                return try await client.run(RedisCommand("SET", "a", "b")) == .status("OK")
            } catch {
                return false
            }
        }
        await client.close()
        try await cluster.stop()
    }

    @Test("says so when the server is no cluster, or a cluster is taken for a server")
    func confusion() async throws {
        let server = try await RedisServer.start()
        let client = try bench.client("redis+cluster://127.0.0.1:\(server.port)")
        let error = await #expect(throws: RedisError.self) { try await client.run(RedisCommand("GET", "a")) }
        guard case .refused = error else {
            Issue.record("the error is \(String(describing: error))")
            return
        }
        let cluster = try await Self.shared.value
        let single = try bench.client("redis://127.0.0.1:\(cluster.nodes[0].port)")
        let foreign = try await cluster.owner(of: "a") === cluster.nodes[0] ? "b" : "a"
        let other = await #expect(throws: RedisError.self) {
            // One of the two lies elsewhere.
            for key in [foreign, "c", "d", "e", "f"] { _ = try await single.run(RedisCommand("GET", key)) }
        }
        #expect(other?.description.contains("redis+cluster://") == true)
        await client.close()
        await single.close()
    }
}
