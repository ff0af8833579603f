import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Synchronization
import Testing
import Tokens

@Suite("The outbox", .serialized, .timeLimit(.minutes(2)))
struct RedisOutboxTests {
    struct Refusal: Error {}

    let bench: Workbench
    let server: RedisServer
    let client: RedisClient
    let cache: RedisSharedCache
    let keys = RedisKeys(prefix: "test:")
    let delivered = Collected<TokenRecord>()

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
        client = try bench.client(server.url)
        cache = RedisSharedCache(client: client, keys: keys)
    }

    func outbox(
        _ consumer: String = "one", _ change: (inout RedisOutbox.Options) -> Void = { _ in },
        onEvent: @escaping @Sendable (RedisOutbox.Event) -> Void = { _ in }
    ) -> RedisOutbox {
        var options = RedisOutbox.Options()
        change(&options)
        return RedisOutbox(client: client, keys: keys, consumer: consumer, options: options, onEvent: onEvent)
    }

    func enqueue(_ numbers: Range<UInt64>) async throws {
        for number in numbers { try await cache.store(try TokenRecord.sample(number), enqueueForArchive: true) }
    }

    func expectAll(_ numbers: Range<UInt64>, within limit: Duration = .seconds(10)) async throws {
        let expected = Set(try numbers.map { try TokenRecord.sample($0).reference })
        try await eventually(within: limit, "the delivery of \(numbers.count) records") {
            Set(delivered.values.map(\.reference)).isSuperset(of: expected)
        }
    }

    func expectEmpty(_ outbox: RedisOutbox) async throws {
        try await eventually("an empty outbox") { try await outbox.status().depth == 0 }
        #expect(try await outbox.status().pending == 0)
        #expect(try await outbox.status().oldest == nil)
    }

    @Test("delivers each token once a batch, in its newest form, in the order of tokens")
    func batches() async throws {
        try await cache.store(try TokenRecord.sample(9, fetchedAt: 2000), enqueueForArchive: true)
        try await cache.store(try TokenRecord.sample(9, fetchedAt: 1000), enqueueForArchive: true)
        try await cache.store(try TokenRecord.sample(3, fetchedAt: 1000), enqueueForArchive: true)
        try await cache.store(try TokenRecord.sample(3, fetchedAt: 4000), enqueueForArchive: true)
        try await enqueue(100..<150)
        let outbox = outbox()
        #expect(try await outbox.status().depth == 54)
        #expect(try #require(try await outbox.status().oldest) >= .zero)
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(100..<150)
        try await expectEmpty(outbox)
        let records = delivered.values
        #expect(records.map(\.reference) == records.map(\.reference).sorted())
        #expect(records.count == 52)
        #expect(records.first { $0.reference.token == TokenIdentifier(9) }?.fetchedAt == 2000)
        #expect(records.first { $0.reference.token == TokenIdentifier(3) }?.fetchedAt == 4000)
        await outbox.stop()
        await run.value
        await outbox.close()
        #expect(try await server.command("XINFO", "CONSUMERS", "test:outbox", "archive") == "")
    }

    @Test("keeps to the size of a batch")
    func batchSize() async throws {
        try await enqueue(0..<100)
        let sizes = Collected<Int>()
        let outbox = outbox { $0.batchRows = 30 }
        let run = Task {
            await outbox.run { [delivered] records in
                sizes.append(records.count)
                delivered.append(contentsOf: records)
            }
        }
        try await expectAll(0..<100)
        #expect(sizes.values.allSatisfy { $0 <= 30 })
        #expect(sizes.values.count == 4)
        await outbox.stop()
        await run.value
    }

    @Test("offers a batch again until it is taken")
    func refused() async throws {
        try await enqueue(0..<20)
        let attempts = Mutex(0)
        let events = Collected<RedisOutbox.Event>()
        let outbox = outbox(onEvent: { events.append($0) })
        let run = Task {
            await outbox.run { [delivered] records in
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                if attempt <= 3 { throw Refusal() }
                delivered.append(contentsOf: records)
            }
        }
        try await expectAll(0..<20)
        try await expectEmpty(outbox)
        #expect(delivered.values.count == 20)
        #expect(await outbox.statistics.failedDeliveries == 3)
        #expect(events.values.count == 3)
        await outbox.stop()
        await run.value
    }

    @Test("begins a new life with what it was given in the last one")
    func sameConsumer() async throws {
        try await enqueue(0..<40)
        let first = outbox()
        let run = Task { await first.run { _ in throw Refusal() } }
        try await eventually("a refused batch") { await first.statistics.failedDeliveries > 0 }
        await first.stop()
        await run.value
        #expect(try await first.status().pending == 40)
        let second = outbox()
        let rerun = Task { await second.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<40)
        try await expectEmpty(second)
        await second.stop()
        await rerun.value
    }

    @Test("takes over from consumers that fell silent")
    func abandoned() async throws {
        for (index, name) in ["a", "b", "c"].enumerated() {
            let start = UInt64(index) * 50
            try await enqueue(start..<start + 50)
            let dying = outbox(name) { $0.batchRows = 60 }
            let run = Task { await dying.run { _ in throw Refusal() } }
            try await eventually("a refused batch") { await dying.statistics.failedDeliveries > 0 }
            await dying.stop()
            await run.value
            await dying.close()
        }
        #expect(try await outbox().status().pending == 150)
        try await enqueue(150..<160)
        let heir = outbox("heir") {
            $0.claimAfter = .milliseconds(100)
            $0.claimInterval = .milliseconds(100)
            $0.block = .milliseconds(50)
        }
        let run = Task { await heir.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<160)
        try await expectEmpty(heir)
        #expect(await heir.statistics.claimed >= 150)
        await heir.stop()
        await run.value
    }

    @Test("loses nothing between replicas that come and go")
    func manyReplicas() async throws {
        let total: UInt64 = 600
        let producer = Task { try await enqueue(0..<total) }
        for round in 0..<6 {
            let outbox = outbox("replica \(round % 3)") {
                $0.batchRows = 25
                $0.batchInterval = .milliseconds(5)
                $0.claimAfter = .milliseconds(200)
            }
            let run = Task {
                await outbox.run { [delivered] records in
                    if Int.random(in: 0..<4) == 0 { throw Refusal() }
                    delivered.append(contentsOf: records)
                }
            }
            try await eventually("some batches") { await outbox.statistics.batches >= 2 }
            await outbox.stop()
            await run.value
        }
        try await producer.value
        let last = outbox("last") {
            $0.claimAfter = .milliseconds(100)
            $0.claimInterval = .milliseconds(100)
            $0.block = .milliseconds(50)
        }
        let run = Task { await last.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<total)
        try await expectEmpty(last)
        await last.stop()
        await run.value
    }

    @Test("begins anew when the stream is deleted under it")
    func flushed() async throws {
        let events = Collected<RedisOutbox.Event>()
        let outbox = outbox(onEvent: { events.append($0) })
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await enqueue(0..<5)
        try await expectAll(0..<5)
        try await server.command("FLUSHALL")
        try await enqueue(10..<15)
        try await expectAll(10..<15)
        try await server.restart()
        try await eventually("the client's recovery") { await client.isReachable }
        try await enqueue(20..<25)
        try await expectAll(20..<25)
        try await expectEmpty(outbox)
        await outbox.stop()
        await run.value
    }

    @Test("goes on after Redis was frozen")
    func frozen() async throws {
        let impatient = try bench.client(server.url) { $0.timeout = .milliseconds(250) }
        var options = RedisOutbox.Options()
        options.block = .milliseconds(100)
        let outbox = RedisOutbox(client: impatient, keys: keys, consumer: "one", options: options)
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await enqueue(0..<5)
        try await expectAll(0..<5)
        server.freeze()
        _ = try? await impatient.run(RedisCommand("PING"))
        try await eventually("the loss of the connection") { await !impatient.isReachable }
        server.thaw()
        try await eventually("the client's recovery") { await client.isReachable }
        try await enqueue(5..<10)
        try await expectAll(5..<10)
        await outbox.stop()
        await run.value
        await impatient.close()
    }

    @Test("throws away entries that no record can be read from, and says so")
    func unreadable() async throws {
        try await server.command("XADD", "test:outbox", "*", "r", "nonsense")
        try await server.command("XADD", "test:outbox", "*", "other", "field", "and", "more")
        try await enqueue(0..<3)
        let events = Collected<RedisOutbox.Event>()
        let outbox = outbox(onEvent: { events.append($0) })
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<3)
        try await expectEmpty(outbox)
        #expect(await outbox.statistics.unreadable == 2)
        #expect(events.values.count == 2)
        await outbox.stop()
        await run.value
    }

    @Test("leaves entries of another release to its instances, which find them at once")
    func foreign() async throws {
        var newer = RecordCoding.encode(try TokenRecord.sample(99))
        newer[2] += 1
        for _ in 0..<40 {
            _ = try await client.run(RedisCommand("XADD", keys.outbox, "*", "r").with(newer))
        }
        try await enqueue(0..<3)
        let old = outbox("old")
        let run = Task { await old.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<3)
        #expect(await old.drain(within: .seconds(5)))
        await run.value
        await old.close()
        #expect(await old.statistics.unreadable == 0)
        #expect(try await old.status().depth == 40)

        let claim = RedisCommand("XAUTOCLAIM", keys.outbox, "archive", "new", "15000", "0-0", "COUNT", "100", "JUSTID")
        #expect(try await client.run(claim).elements?[1].elements?.count == 40)
    }

    @Test("is not held up by entries of another release, however many lie before its own")
    func manyForeign() async throws {
        var newer = RecordCoding.encode(try TokenRecord.sample(99))
        newer[2] += 1
        for _ in 0..<50 {
            _ = try await client.run(RedisCommand("XADD", keys.outbox, "*", "r").with(newer))
        }
        try await enqueue(0..<3)
        // All of them are pending at first, as after a start anew.
        try await server.command("XGROUP", "CREATE", keys.outbox, "archive", "0")
        try await server.command(
            "XREADGROUP", "GROUP", "archive", "one", "COUNT", "100", "STREAMS", keys.outbox, ">")
        try await server.command("CONFIG", "RESETSTAT")
        let outbox = outbox { $0.batchRows = 20 }
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(0..<3)
        for _ in 0..<50 {
            _ = try await client.run(RedisCommand("XADD", keys.outbox, "*", "r").with(newer))
        }
        try await enqueue(3..<6)
        try await expectAll(3..<6)
        #expect(await outbox.drain(within: .seconds(5)))
        await run.value
        #expect(try await outbox.status().depth == 100)
        let passedOn = await outbox.statistics.passedOn
        let claims = try await server.command("INFO", "commandstats").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("cmdstat_xclaim:calls=") }
        let calls = try #require(claims?.split { "=,".contains($0) }.dropFirst().first.flatMap { Int($0) })
        #expect(passedOn >= 100 && calls * 20 >= passedOn, "no more than a batch holds is passed on at once")
        await outbox.close()
    }

    @Test("clears away entries that were deleted while they were pending")
    func deletedWhilePending() async throws {
        try await enqueue(0..<3)
        try await server.command("XGROUP", "CREATE", "test:outbox", "archive", "0")
        try await server.command("XREADGROUP", "GROUP", "archive", "one", "COUNT", "3", "STREAMS", "test:outbox", ">")
        try await server.command("XTRIM", "test:outbox", "MAXLEN", "1")
        let outbox = outbox()
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await expectAll(2..<3)
        try await expectEmpty(outbox)
        await outbox.stop()
        await run.value
    }
}
