import Caching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `Keeping a record` {
    private let bench: TestLoop
    private let archive = FakeArchive()
    private let redis = FakeSharedCache()
    private let metrics = Metrics()
    private let queue: WriteQueue

    init() throws {
        bench = try TestLoop()
        let limits = WriteQueue.Limits(batchRows: 10, batchInterval: .milliseconds(1))
        queue = WriteQueue(loop: bench.loop, archive: archive, limits: limits, metrics: metrics, log: silentLogger())
    }

    private func keeper(_ route: RecordKeeper.Route, log: Logger = silentLogger()) -> RecordKeeper {
        RecordKeeper(route: route, queue: queue, metrics: metrics, log: log)
    }

    private func missing() throws -> TokenRecord {
        try record(outcome: .missing(reason: "Never minted."))
    }

    @Test func `puts it into Redis, and a document into the outbox in the same step`() async throws {
        await keeper(.redis(redis)).keep(try record())
        await keeper(.redis(redis)).keep(try missing())
        #expect(await redis.writes.map(\.isEnqueued) == [true, false])
        #expect(await archive.batches.isEmpty && metrics.queuedRows.current == 0)
    }

    @Test func `leaves what was purged on its way out of the archive`() async throws {
        let purges = PurgeBook()
        _ = purges.add(PurgeMark(sequence: 7, scope: .everything, isSoft: false, moment: 0))
        let keeper = RecordKeeper(
            route: .redis(redis), queue: queue, metrics: metrics, log: silentLogger(), purges: purges)
        var carried = try record()
        carried.purgeSequence = 6
        try await keeper.archive([carried], in: archive)
        #expect(await archive.batches.isEmpty)
        carried.purgeSequence = 7
        try await keeper.archive([carried], in: archive)
        #expect(await archive.held == [try reference(): carried])
    }

    @Test func `hands a document to the queue when Redis does not take it`() async throws {
        await redis.fail(with: .away)
        await keeper(.redis(redis)).keep(try record())
        await keeper(.redis(redis)).keep(try missing())
        #expect(await queue.drain(within: .seconds(10)))
        #expect(await archive.held == [try reference(): try record()])
        #expect(metrics.redisFailures.current == 2 && metrics.queuedRows.current == 1)
    }

    @Test func `without Redis has it in the archive of its own before it returns`() async throws {
        await keeper(.embedded(archive)).keep(try record())
        #expect(await archive.held.count == 1)
        #expect(metrics.archivedRows.current == 1 && metrics.queuedRows.current == 0)
    }

    @Test func `hands a document to the queue when its own archive is busy`() async throws {
        await archive.fail(with: StoreError(kind: .overloaded, detail: "busy"))
        await keeper(.embedded(archive)).keep(try record())
        #expect(metrics.failedBatches.current >= 1 && metrics.queuedRows.current == 1)
        await archive.fail(with: nil)
        #expect(await queue.drain(within: .seconds(10)))
        #expect(await archive.held.count == 1)
    }

    @Test func `with a distant archive alone goes by the queue`() async throws {
        await keeper(.queue).keep(try record())
        #expect(metrics.queuedRows.current == 1)
        #expect(await queue.drain(within: .seconds(10)))
        #expect(await archive.held.count == 1)
    }

    @Test func `archives documents only`() async throws {
        await keeper(.embedded(archive)).keep(try missing())
        await keeper(.queue).keep(try missing())
        await keeper(.queue).keep(try record(outcome: .unusable(reason: "Not JSON.")))
        #expect(await archive.batches.isEmpty && metrics.queuedRows.current == 0)
    }

    @Test func `tells who was set aside and why`() async throws {
        let capture = try LogCapture()
        await archive.reject(try reference())
        await keeper(.embedded(archive), log: capture.logger()).keep(try record())
        #expect(metrics.rejectedRows.current == 1)
        let event = try json(Array(try #require(capture.lines().first).utf8))
        #expect(event["token"]?.string == "eip155:1/\(sampleContract)/1" && event["code"]?.string == "22P05")
    }

    @Test func `from the outbox fails as a whole when it may work later`() async throws {
        let keeper = keeper(.redis(redis))
        await archive.fail(with: .away)
        await #expect(throws: StoreError.away) { try await keeper.archive([try record()], in: archive) }
        #expect(metrics.failedBatches.current == 1)
        await archive.fail(with: nil)
        try await keeper.archive([try record()], in: archive)
        #expect(metrics.archivedRows.current == 1)
    }
}
