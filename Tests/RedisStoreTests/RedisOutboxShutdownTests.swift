import MintcacheTesting
import RedisStore
import Testing

extension RedisOutboxTests {
    @Test("is emptied at shutdown, without waiting for more")
    func drain() async throws {
        let outbox = outbox { $0.block = .seconds(5) }
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await enqueue(0..<1)
        try await expectAll(0..<1)
        try await enqueue(1..<200)
        let start = ContinuousClock.now
        #expect(await outbox.drain(within: .seconds(20)))
        #expect(ContinuousClock.now - start < .seconds(4))
        await run.value
        try await expectAll(0..<200, within: .zero)
        #expect(try await outbox.status().depth == 0)
        await outbox.close()
    }

    @Test("does not hold up a shutdown when nothing can be delivered")
    func drainFails() async throws {
        try await enqueue(0..<5)
        let outbox = outbox()
        let run = Task { await outbox.run { _ in throw Refusal() } }
        try await eventually("a refused batch") { await outbox.statistics.failedDeliveries > 0 }
        #expect(await outbox.drain(within: .milliseconds(300)) == false)
        await run.value
        #expect(try await outbox.status().depth == 5)
    }

    @Test("does not hold up a shutdown when Redis has been away for a while")
    func drainLongWithoutRedis() async throws {
        try await server.kill()
        let failures = Collected<Bool>()
        let outbox = outbox(onEvent: { _ in failures.append(true) })
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await eventually("several attempts have failed") { failures.values.count >= 6 }
        let start = ContinuousClock.now
        #expect(await outbox.drain(within: .seconds(60)) == false)
        #expect(ContinuousClock.now - start < .seconds(30))
        await run.value
    }

    @Test("does not hold up a shutdown when Redis is away")
    func drainWithoutRedis() async throws {
        let outbox = outbox { $0.block = .milliseconds(50) }
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await enqueue(0..<1)
        try await expectAll(0..<1)
        try await server.kill()
        let start = ContinuousClock.now
        #expect(await outbox.drain(within: .seconds(60)) == false)
        #expect(ContinuousClock.now - start < .seconds(30))
        await run.value
    }

    @Test("stops when its task is cancelled")
    func cancelled() async throws {
        let outbox = outbox { $0.block = .seconds(30) }
        let run = Task { await outbox.run { [delivered] in delivered.append(contentsOf: $0) } }
        try await enqueue(0..<1)
        try await expectAll(0..<1)
        let start = ContinuousClock.now
        run.cancel()
        await run.value
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
