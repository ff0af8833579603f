import Caching
import EventLoops
import HTTPCaching
import Tokens

/// A record found in some tier, and what may be done with it.
struct FoundRecord: Sendable {
    let record: TokenRecord
    /// `nil` for memory itself.
    let tier: CacheTier?
    /// Where it came from, to memory, too.
    let origin: CacheTier?
    let freshness: Freshness

    /// A document that may still stand in for an error.
    var isGoodCopy: Bool { record.outcome == .document && freshness != .expired }
}

/// Looks for a token's record through the tiers: memory, Redis, archive. A tier that fails or is late is passed over.
struct TierSearch: Sendable {
    struct Stores: Sendable {
        var redis: (any SharedCache)?
        var archive: any MetadataArchive
    }

    let memory: MemoryCache
    let time: TimeSource
    let stores: Stores
    let metrics: Metrics
    /// What events have made out of date.
    let marks: UpdateMarks
    let purges: PurgeBook

    /// The best copy any tier holds. Memory is looked at again inside the flight: another may have landed between this
    /// request's miss and its turn.
    func look(for reference: TokenReference, by rules: FlightBoard.Rules) async -> FoundRecord? {
        let held = heldInMemory(reference, rules)
        if let held, held.isCurrent, held.found.freshness == .fresh { return held.found }
        var best = held?.found
        var lacking: (any SharedCache)?
        if let redis = stores.redis {
            switch await lookUp(reference, in: redis, within: rules.redisTimeout) {
            case .success(let record?): best = newer(best, found(record, in: .redis, rules))
            case .success(nil): lacking = redis
            case .failure: break
            }
        }
        if best?.freshness != .fresh || best?.record.outcome != .document,
            let record = await lookUpInArchive(reference, within: rules.archiveTimeout)
        {
            best = newer(best, found(record, in: .archive, rules))
            if let lacking, best?.tier == .archive, best?.freshness == .fresh { warm(lacking, with: record) }
        }
        // A purge or an event may have come while the stores were asked.
        return best.flatMap { found($0.record, in: $0.tier, from: $0.origin, rules) }
    }

    /// Lets the other replicas find in Redis what only the archive had. Nobody waits for it.
    private func warm(_ redis: any SharedCache, with record: TokenRecord) {
        Task { [metrics] in
            do throws(StoreError) {
                try await redis.offer(record)
                metrics.offeredRecords.increment()
            } catch {
                metrics.redisFailures.increment()
            }
        }
    }

    /// An entry made from a record, whatever its times say.
    func held(_ reference: TokenReference, _ representation: TokenRepresentation) -> CacheEntry? {
        let entry = EntryKey.bytes(reference, representation).withUnsafeBytes { memory.lastKnownEntry(forKey: $0) }
        return entry?.record == nil ? nil : entry
    }

    /// A good copy in memory, however old memory's word for it.
    func goodCopyInMemory(of reference: TokenReference, by rules: FlightBoard.Rules) -> FoundRecord? {
        guard let held = heldInMemory(reference, rules), held.found.isGoodCopy else { return nil }
        return held.found
    }

    /// Whether a record in Redis is fresh, by its own time and by what events and purges say.
    func isFresh(_ record: TokenRecord, by rules: FlightBoard.Rules) -> Bool {
        found(record, in: .redis, rules)?.freshness == .fresh
    }

    private func heldInMemory(
        _ reference: TokenReference, _ rules: FlightBoard.Rules
    ) -> (found: FoundRecord, isCurrent: Bool)? {
        let entries = TokenRepresentation.allCases.compactMap { held(reference, $0) }
        guard let entry = entries.max(by: { $0.times.fetchedAt < $1.times.fetchedAt }), let record = entry.record,
            let found = found(record, in: nil, from: entry.tier, rules)
        else { return nil }
        return (found, time.now < entry.times.memoryUntil && memory.isTrusted(entry))
    }

    private func lookUp(
        _ reference: TokenReference, in redis: any SharedCache, within limit: Duration
    ) async -> Result<TokenRecord?, StoreError> {
        let start = MonotonicTime.current
        defer { FlightLog.current?.note(\.redis, since: start) }
        do throws(StoreError) {
            let record = try await redis.record(for: reference, within: limit)
            metrics.countLookup(.redis, found: record != nil)
            return .success(record)
        } catch {
            metrics.redisFailures.increment()
            return .failure(error)
        }
    }

    private func lookUpInArchive(_ reference: TokenReference, within limit: Duration) async -> TokenRecord? {
        let start = MonotonicTime.current
        defer { FlightLog.current?.note(\.archive, since: start) }
        do throws(StoreError) {
            let records = try await stores.archive.records(for: [reference], within: limit)
            metrics.countLookup(.archive, found: records[reference] != nil)
            return records[reference]
        } catch {
            metrics.archiveFailures.increment()
            return nil
        }
    }

    private func found(_ record: TokenRecord, in tier: CacheTier, _ rules: FlightBoard.Rules) -> FoundRecord? {
        found(record, in: tier, from: tier, rules)
    }

    /// `nil` for what was purged.
    private func found(
        _ record: TokenRecord, in tier: CacheTier?, from origin: CacheTier?, _ rules: FlightBoard.Rules
    ) -> FoundRecord? {
        let verdict = purges.verdict(on: record, in: origin)
        guard verdict != .void else { return nil }
        var freshness = rules.staleness.freshness(
            fetchedAt: record.fetchedAt, freshUntil: record.freshUntil, now: time.now)
        if freshness == .fresh, verdict == .stale || marks.isOutdated(record) { freshness = .staleWhileRevalidate }
        // Only a document is worth keeping beyond its time.
        let isUsable = record.outcome == .document || freshness == .fresh
        return FoundRecord(record: record, tier: tier, origin: origin, freshness: isUsable ? freshness : .expired)
    }

    private func newer(_ left: FoundRecord?, _ right: FoundRecord?) -> FoundRecord? {
        guard let left, let right else { return left ?? right }
        if left.isGoodCopy != right.isGoodCopy { return left.isGoodCopy ? left : right }
        return left.record.fetchedAt >= right.record.fetchedAt ? left : right
    }
}
