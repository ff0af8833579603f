import Caching
import EventLoops

/// Deletes rows that nobody has fetched for long, a few at a time, so that writers and readers hardly notice. Every
/// instance tries; the archive lets one delete at a time.
struct ArchiveRetention: Sendable {
    /// Rows in one transaction.
    private static let piece = 500

    let archive: any MetadataArchive
    let retention: Duration
    let time: TimeSource
    let loop: EventLoop
    let metrics: Metrics
    let log: Logger

    /// Looks a minute or so after the start and about every hour from then on, until the task is cancelled.
    func run() async {
        var pause = Duration.seconds(60)
        while !Task.isCancelled {
            await loop.sleep(for: pause * Double.random(in: 0.5...1.5))
            if Task.isCancelled { return }
            await deleteOverdue()
            pause = .seconds(3600)
        }
    }

    /// Deletes all there are now. What the archive refuses is left for the next time.
    func deleteOverdue() async {
        let moment = time.now - retention.inMilliseconds
        var deleted = 0
        while !Task.isCancelled {
            do throws(StoreError) {
                let count = try await archive.forget(.everything, fetchedBefore: moment, atMost: Self.piece)
                deleted += count
                metrics.expiredRows.increment(by: UInt64(count))
                if count < Self.piece { break }
            } catch {
                log.warning("the archive did not delete its overdue rows", ["reason": error.description])
                break
            }
            await loop.sleep(for: .milliseconds(100))
        }
        if deleted > 0 { log.info("the archive deleted rows that nobody fetched", ["rows": String(deleted)]) }
    }
}
