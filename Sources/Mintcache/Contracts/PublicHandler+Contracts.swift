import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// `GET /v1/{chain}/{contract}`, by the rules of tokens.
extension PublicHandler {
    func answer(
        _ key: CollectionKey, _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) throws(Problem) -> Handling {
        if rules.disabled.contains(key) { throw .contractNotFound("This collection is switched off here.") }
        let now = shared.time.at(loop.now)
        guard let entry = held(key, at: now) else {
            return .deferred(waiting(at: shared.contracts, for: key, request, number))
        }
        let status = CacheStatus.hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory)
        write(entry, status, request, number, now: now, since: loop.now, &writer)
        return .answered
    }

    /// What memory holds. An answer past its time is used and, by the first to see it, fetched anew behind.
    private func held(_ key: CollectionKey, at now: Int64) -> CacheEntry? {
        let entry = EntryKey.bytes(ofContract: key).withUnsafeBytes { shared.memory.entry(forKey: $0, at: now) }
        guard let entry else {
            shared.metrics.memoryMisses.increment()
            return nil
        }
        shared.metrics.memoryHits.increment()
        if now >= entry.times.freshUntil, !entry.isFailure,
            entry.claimRefresh(at: now, retryingAfter: max(rules.errorTTL, 1000))
        {
            let board = shared.contracts
            shared.fetchLoop.execute { board.assumeIsolated { $0.refresh(key) } }
        }
        return entry
    }
}
