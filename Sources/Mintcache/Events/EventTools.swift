import Caching
import EventLoops
import Tokens

/// What every watcher works with.
struct EventTools: Sendable {
    let loop: EventLoop
    let time: TimeSource
    let memory: MemoryCache
    let updates: FlightUpdates
    let journal: any UpdateJournal
    /// What instances agree by when an event was seen; nil for one alone.
    let moments: (any EventMoments)?
    let board: FlightBoard
    let contractUpdates: (any ContractUpdates)?
    let counters: EventCounters
    let log: Logger

    /// Tokens in memory that are renewed at once after a look; when an update is about more of them, all wait for who
    /// asks, so that the renewal of a collection is no storm.
    static let renewals = 100

    /// Lets memory answer no more with what marks have made stale.
    ///
    /// Few tokens are shown as the stale copies they are and fetched anew at once. Of many, memory only looks at the
    /// tiers below again: the next request gets the stale copy, by way of a flight that fetches anew behind it.
    ///
    /// - Parameter sequence: ``UpdateMarks/sequence`` before the marks that are new.
    func expire(on chain: ChainIdentifier, markedSince sequence: UInt64) async {
        let now = time.now
        // Memory is large, and the loop has others to serve.
        let (count, tokens) = await Task.detached {
            var count = 0
            var tokens: Set<TokenReference> = []
            forEachOutdated(on: chain, since: sequence) { entry, reference in
                if tokens.count <= Self.renewals { tokens.insert(reference) }
                if entry.times.memoryUntil > now { count += 1 }
            }
            if tokens.count > Self.renewals {
                forEachOutdated(on: chain, since: sequence) { entry, _ in memory.insert(entry.ended(at: now)) }
            }
            return (count, tokens)
        }.value
        counters.expiredEntries.increment(by: UInt64(count))
        guard tokens.count <= Self.renewals else { return }
        for token in tokens { await board.renewOutdated(token) }
    }

    private func forEachOutdated(
        on chain: ChainIdentifier, since sequence: UInt64, _ body: (CacheEntry, TokenReference) -> Void
    ) {
        memory.forEachToken { entry in
            guard let record = entry.record, record.reference.chain == chain,
                let mark = updates.marks.latest(for: record.reference), mark.sequence > sequence,
                record.fetchedAt < mark.moment
            else { return }
            body(entry, record.reference)
        }
    }
}

extension CacheEntry {
    /// The same answer for which memory vouches no longer.
    fileprivate func ended(at now: Int64) -> CacheEntry {
        var times = times
        times.freshUntil = min(times.freshUntil, now)
        times.memoryUntil = min(times.memoryUntil, now)
        return renewed(times, from: tier)
    }
}
