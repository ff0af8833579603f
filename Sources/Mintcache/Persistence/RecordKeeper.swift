import Caching
import EventLoops
import Tokens

/// Makes sure that a freshly fetched record outlives the process before it is answered.
///
/// With Redis the value and its outbox entry go there in one pipeline, and whoever drains the outbox brings it to the
/// archive. Without Redis an embedded archive takes it at once, and a remote one through the bounded queue. Whatever
/// refuses or is late hands over to the queue: an answer never waits longer than the store's deadline.
struct RecordKeeper: Sendable {
    enum Route: Sendable {
        case redis(any SharedCache)
        case embedded(any MetadataArchive)
        case queue
    }

    let route: Route
    let queue: WriteQueue
    let metrics: Metrics
    let log: Logger
    var purges = PurgeBook()

    /// True when other instances find the record in Redis.
    @discardableResult
    func keep(_ record: TokenRecord) async -> Bool {
        let isWorthArchiving = record.outcome == .document
        switch route {
        case .redis(let redis):
            do throws(StoreError) {
                try await redis.store(record, enqueueForArchive: isWorthArchiving)
                return true
            } catch {
                metrics.redisFailures.increment()
                if isWorthArchiving { await queue.add(record) }
            }
        case .embedded(let archive):
            guard isWorthArchiving else { return false }
            do throws(StoreError) {
                report(try await archive.store([record]))
            } catch {
                metrics.failedBatches.increment()
                await queue.add(record)
            }
        case .queue:
            if isWorthArchiving { await queue.add(record) }
        }
        return false
    }

    /// Stores a batch from the outbox, but for what was purged meanwhile: in the archive nothing would tell. Throws what
    /// may work later.
    func archive(_ records: [TokenRecord], in archive: any MetadataArchive) async throws(StoreError) {
        let wanted = records.filter { purges.verdict(on: $0) != .void }
        if wanted.isEmpty { return }
        do throws(StoreError) {
            report(try await archive.store(wanted))
        } catch {
            metrics.failedBatches.increment()
            throw error
        }
    }

    func report(_ report: StoreReport) {
        metrics.archivedRows.increment(by: UInt64(report.stored))
        metrics.rejectedRows.increment(by: UInt64(report.rejected.count))
        for rejection in report.rejected {
            log.warning(
                "the archive set a record aside",
                ["token": "\(rejection.reference)", "code": rejection.code, "reason": rejection.reason])
        }
    }
}
