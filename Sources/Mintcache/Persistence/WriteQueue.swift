import Caching
import EventLoops
import Tokens

/// A bounded queue in memory in front of the archive: the last resort when no durable store took a record first.
/// The newest record of a token replaces an older one that still waits; past the bounds the oldest are dropped and
/// counted.
///
/// Pinned to the fetch loop.
actor WriteQueue {
    struct Limits: Sendable {
        var rows = 50_000
        var bytes = 64 * 1024 * 1024
        var batchRows: Int
        var batchInterval: Duration
    }

    private let loop: EventLoop
    private let archive: any MetadataArchive
    /// Takes what the archive does not, once it can: from there it reaches the archive though this process ends.
    private let outbox: (any SharedCache)?
    private let limits: Limits
    private let metrics: Metrics
    private let log: Logger
    private let purges: PurgeBook
    private var waiting: [TokenReference: TokenRecord] = [:]
    private var order: [TokenReference] = []
    private var bytes = 0
    private var isWriting = false

    init(
        loop: EventLoop, archive: any MetadataArchive, outbox: (any SharedCache)? = nil, limits: Limits,
        metrics: Metrics, log: Logger, purges: PurgeBook = PurgeBook()
    ) {
        self.loop = loop
        self.archive = archive
        self.outbox = outbox
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.purges = purges
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Records that wait, and what their documents weigh.
    var depth: (rows: Int, bytes: Int) { (waiting.count, bytes) }

    func add(_ record: TokenRecord) {
        metrics.queuedRows.increment()
        insert(record)
        guard !isWriting else { return }
        isWriting = true
        Task(executorPreference: loop) { await self.write() }
    }

    /// Waits until everything is written or the time is up; true when nothing is left.
    func drain(within limit: Duration) async -> Bool {
        let deadline = MonotonicTime.current + limit
        while isWriting, MonotonicTime.current < deadline { await loop.sleep(for: .milliseconds(5)) }
        return !isWriting
    }

    private func insert(_ record: TokenRecord) {
        if let older = waiting[record.reference] {
            guard older.fetchedAt <= record.fetchedAt else { return }
            bytes -= older.document.count
        } else {
            order.append(record.reference)
        }
        waiting[record.reference] = record
        bytes += record.document.count
        dropExcess()
    }

    /// Puts a batch back in front of what came after it; what is newer meanwhile stays.
    private func putBack(_ batch: [TokenRecord]) {
        let alone = batch.filter { waiting[$0.reference] == nil }
        for record in batch where waiting[record.reference] != nil { insert(record) }
        for record in alone {
            waiting[record.reference] = record
            bytes += record.document.count
        }
        order.insert(contentsOf: alone.map(\.reference), at: 0)
        dropExcess()
    }

    private func dropExcess() {
        guard waiting.count > limits.rows || bytes > limits.bytes else { return }
        // From a long queue a sixteenth more than needed, so that it does not move all of itself for each record.
        let isLong = order.count > 1024
        let rows = isLong ? limits.rows - limits.rows / 16 : limits.rows
        let weight = isLong ? limits.bytes - limits.bytes / 16 : limits.bytes
        var count = 0
        while waiting.count > rows || bytes > weight, count < order.count {
            if let dropped = waiting.removeValue(forKey: order[count]) {
                bytes -= dropped.document.count
                metrics.droppedRows.increment()
            }
            count += 1
        }
        order.removeFirst(count)
    }

    private func write() async {
        var pause = Duration.milliseconds(50)
        while !waiting.isEmpty {
            await loop.sleep(for: limits.batchInterval)
            let batch = takeBatch()
            if batch.isEmpty { continue }
            do throws(StoreError) {
                let report = try await archive.store(batch)
                metrics.archivedRows.increment(by: UInt64(report.stored))
                metrics.rejectedRows.increment(by: UInt64(report.rejected.count))
                pause = .milliseconds(50)
            } catch {
                metrics.failedBatches.increment()
                log.warning("the archive takes nothing for now", ["reason": error.description])
                let left = await handOver(batch)
                if left.isEmpty { continue }
                putBack(left)
                await loop.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, .seconds(1))
            }
        }
        isWriting = false
    }

    /// Gives records to the outbox as far as it takes them; returns the others.
    private func handOver(_ batch: [TokenRecord]) async -> [TokenRecord] {
        guard let outbox, await outbox.isReachable else { return batch }
        for (index, record) in batch.enumerated() {
            do throws(StoreError) {
                try await outbox.store(record, enqueueForArchive: true)
            } catch {
                return Array(batch[index...])
            }
        }
        return []
    }

    /// What was purged meanwhile is left out: in the archive nothing would tell.
    private func takeBatch() -> [TokenRecord] {
        let references = order.prefix(limits.batchRows)
        let batch = references.compactMap { waiting.removeValue(forKey: $0) }
        order.removeFirst(references.count)
        bytes -= batch.reduce(0) { $0 + $1.document.count }
        return batch.filter { purges.verdict(on: $0) != .void }
    }
}
