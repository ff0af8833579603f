import Caching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

extension WriteQueue {
    /// Adds records in one turn of the loop, so that nothing is written in between.
    fileprivate func add(all records: [TokenRecord]) {
        for record in records { add(record) }
    }
}

@Suite struct `The write queue` {
    private let bench: TestLoop
    private let archive = FakeArchive()
    private let metrics = Metrics()

    init() throws {
        bench = try TestLoop()
    }

    private func queue(rows: Int = 100, bytes: Int = 1 << 20, batchRows: Int = 50) -> WriteQueue {
        let limits = WriteQueue.Limits(rows: rows, bytes: bytes, batchRows: batchRows, batchInterval: .milliseconds(1))
        return WriteQueue(
            loop: bench.loop, archive: archive, limits: limits, metrics: metrics, log: silentLogger())
    }

    private func drained(_ queue: WriteQueue) async {
        #expect(await queue.drain(within: .seconds(10)))
    }

    @Test func `brings records to the archive in batches of the size that was set`() async throws {
        let queue = queue(batchRows: 2)
        await queue.add(all: try (0..<5).map { try record($0) })
        await drained(queue)
        #expect(await archive.batches.map(\.count) == [2, 2, 1])
        #expect(await archive.batches.joined().map { $0.reference.token.decimal } == ["0", "1", "2", "3", "4"])
        #expect(metrics.queuedRows.current == 5 && metrics.archivedRows.current == 5)
        #expect(await queue.depth == (0, 0))
    }

    @Test func `leaves out what was purged while it waited`() async throws {
        let purges = PurgeBook()
        let limits = WriteQueue.Limits(batchRows: 50, batchInterval: .milliseconds(1))
        let queue = WriteQueue(
            loop: bench.loop, archive: archive, limits: limits, metrics: metrics, log: silentLogger(), purges: purges)
        var (old, new) = (try record(1), try record(2))
        (old.purgeSequence, new.purgeSequence) = (6, 7)
        _ = purges.add(PurgeMark(sequence: 7, scope: .everything, isSoft: false, moment: 0))
        await queue.add(all: [old, new])
        await drained(queue)
        #expect(await archive.batches == [[new]])
    }

    @Test func `E-172 keeps the newest record of a token, whichever came last`() async throws {
        let queue = queue()
        let newest = try record(1, name: "Newest", fetchedAt: 300)
        await queue.add(all: [
            try record(1, name: "Old", fetchedAt: 100), newest, try record(1, name: "Late", fetchedAt: 200),
        ])
        #expect(await queue.depth.rows == 1)
        await drained(queue)
        #expect(await archive.batches == [[newest]])
    }

    @Test func `past its rows drops the oldest and counts them`() async throws {
        let queue = queue(rows: 3)
        await queue.add(all: try (0..<5).map { try record($0) })
        #expect(await queue.depth.rows == 3)
        await drained(queue)
        #expect(await Set(archive.held.keys) == Set([try reference(2), try reference(3), try reference(4)]))
        #expect(metrics.droppedRows.current == 2)
    }

    @Test func `past its bytes drops the oldest, and a record larger than everything drops itself`() async throws {
        let size = try record(1).document.count
        let queue = queue(bytes: 2 * size)
        let records = try (1...3).map { try record($0) }
        await queue.add(all: records)
        await drained(queue)
        #expect(await Set(archive.held.keys) == Set([try reference(2), try reference(3)]))
        #expect(metrics.droppedRows.current == 1)
        await queue.add(all: records + [try record(9, name: String(repeating: "x", count: 1000))])
        await drained(queue)
        #expect(metrics.droppedRows.current == 5)
        #expect(await archive.batches.count == 1)
        #expect(await queue.depth == (0, 0))
    }

    @Test func `tries again until the archive is back, and loses nothing`() async throws {
        let queue = queue(batchRows: 2)
        await archive.fail(with: .away)
        await queue.add(all: try (0..<5).map { try record($0) })
        try await eventually("two failed batches") { metrics.failedBatches.current >= 2 }
        await archive.fail(with: nil)
        await drained(queue)
        #expect(await Set(archive.held.keys) == Set(try (0..<5).map { try reference($0) }))
        #expect(metrics.droppedRows.current == 0 && metrics.archivedRows.current == 5)
        #expect(metrics.queuedRows.current == 5, "what is tried again is not queued again")
    }

    @Test func `a batch that failed does not replace what came meanwhile`() async throws {
        let queue = queue()
        await archive.gate.close()
        await queue.add(try record(1, name: "Old", fetchedAt: 100))
        try await eventually("the write begins") { await archive.batches.count == 1 }
        let newer = try record(1, name: "New", fetchedAt: 200)
        await queue.add(newer)
        await archive.fail(with: .away)
        await archive.gate.open()
        try await eventually("the write fails") { metrics.failedBatches.current >= 1 }
        await archive.fail(with: nil)
        await drained(queue)
        #expect(await archive.held == [newer.reference: newer])
    }

    @Test func `a batch that failed is still older than what came meanwhile`() async throws {
        let queue = queue(rows: 2)
        await archive.gate.close()
        await queue.add(all: [try record(1), try record(2)])
        try await eventually("the write begins") { await archive.batches.count == 1 }
        await queue.add(try record(3))
        await archive.fail(with: .away)
        await archive.gate.open()
        try await eventually("the write fails") { metrics.failedBatches.current >= 1 }
        await archive.fail(with: nil)
        await drained(queue)
        #expect(await Set(archive.held.keys) == Set([try reference(2), try reference(3)]))
        #expect(metrics.droppedRows.current == 1)
    }

    @Test func `counts what the archive sets aside, and does not try that again`() async throws {
        let queue = queue()
        await archive.reject(try reference(1))
        await queue.add(all: [try record(1), try record(2)])
        await drained(queue)
        #expect(metrics.rejectedRows.current == 1 && metrics.archivedRows.current == 1)
        #expect(await archive.batches.count == 1)
    }

    @Test func `is not drained while a batch is on its way`() async throws {
        let queue = queue()
        await archive.gate.close()
        await queue.add(try record(1))
        try await eventually("the write begins") { await archive.batches.count == 1 }
        #expect(await queue.drain(within: .milliseconds(20)) == false)
        await archive.gate.open()
        await drained(queue)
        #expect(await archive.held.count == 1)
    }

    @Test func `that is empty is drained at once`() async {
        await drained(queue())
    }

    @Test func `writes again after it has come to rest`() async throws {
        let queue = queue()
        for number in 1...3 as ClosedRange<UInt64> {
            await queue.add(try record(number))
            await drained(queue)
        }
        #expect(await archive.held.count == 3)
    }
}
