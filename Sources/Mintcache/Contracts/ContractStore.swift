import Caching
import HTTPCaching
import Tokens

/// Where contracts are kept: memory, and Redis behind it, beside the responses of routes. Redis failing is like Redis
/// being empty. They are not archived: asking the contract again costs one batch of calls.
struct ContractStore: Sendable {
    let memory: MemoryCache
    let redis: (any SharedResponses)?
    let time: TimeSource
    let metrics: Metrics
    let purges: PurgeBook
    let changes = ContractChanges()

    /// The best copy that any tier holds.
    func look(for key: CollectionKey, by rules: FlightBoard.Rules) async -> FoundContract? {
        let entry = held(key)
        let inMemory = entry.flatMap { foundInMemory($0, of: key, rules) }
        if let entry, let inMemory, time.now < entry.times.memoryUntil, memory.isTrusted(entry),
            inMemory.freshness == .fresh
        {
            return inMemory
        }
        let copy = await lookInRedis(for: key, within: rules.redisTimeout)
        // A purge or an event may have come meanwhile.
        let left = entry.flatMap { foundInMemory($0, of: key, rules) }
        guard let copy, let shared = found(copy, of: key, in: .redis, from: .redis, rules) else { return left }
        guard let inMemory = left else { return shared }
        if shared.isGoodCopy != inMemory.isGoodCopy { return shared.isGoodCopy ? shared : inMemory }
        return shared.copy.fetchedAt > inMemory.copy.fetchedAt ? shared : inMemory
    }

    /// A good copy in memory, however old memory's word for it.
    func goodCopyInMemory(of key: CollectionKey, by rules: FlightBoard.Rules) -> FoundContract? {
        let found = held(key).flatMap { foundInMemory($0, of: key, rules) }
        return found?.isGoodCopy == true ? found : nil
    }

    /// Whether a copy in Redis is fresh, by its own time and by what events and purges say.
    func isFresh(_ copy: ContractCopy, of key: CollectionKey, by rules: FlightBoard.Rules) -> Bool {
        found(copy, of: key, in: .redis, from: .redis, rules)?.freshness == .fresh
    }

    /// Keeps a copy in Redis; returns when that is done or its time is up. True when other instances find it there.
    func keep(_ copy: ContractCopy, of key: CollectionKey, by staleness: StalenessPolicy) async -> Bool {
        guard let redis else { return false }
        do throws(StoreError) {
            try await redis.store(CachedResponse(copy, staleness), for: EntryKey.bytes(ofContract: key))
            return true
        } catch {
            metrics.redisFailures.increment()
            return false
        }
    }

    private func held(_ key: CollectionKey) -> CacheEntry? {
        EntryKey.bytes(ofContract: key).withUnsafeBytes { memory.lastKnownEntry(forKey: $0) }
    }

    /// What Redis holds of a contract; nothing when it does not answer.
    func lookInRedis(for key: CollectionKey, within limit: Duration) async -> ContractCopy? {
        guard let redis else { return nil }
        do throws(StoreError) {
            let found = try await redis.variants(
                for: EntryKey.bytes(ofContract: key), matching: { _ in [] }, within: limit)
            let copy = found.first.flatMap { ContractCopy($0) }
            metrics.countLookup(.redis, found: copy != nil)
            return copy
        } catch {
            metrics.redisFailures.increment()
            return nil
        }
    }

    private func foundInMemory(
        _ entry: CacheEntry, of key: CollectionKey, _ rules: FlightBoard.Rules
    ) -> FoundContract? {
        ContractCopy(entry).flatMap { found($0, of: key, in: nil, from: entry.tier, rules) }
    }

    /// `nil` for what was purged.
    ///
    /// - Parameter origin: where it came from, to memory, too.
    private func found(
        _ copy: ContractCopy, of key: CollectionKey, in tier: CacheTier?, from origin: CacheTier,
        _ rules: FlightBoard.Rules
    ) -> FoundContract? {
        let verdict = purges.verdict(on: copy, of: key, in: origin)
        guard verdict != .void else { return nil }
        return FoundContract(
            copy, in: tier, by: rules.staleness, at: time.now, change: changes.latest(of: key),
            isPurged: verdict == .stale)
    }
}

extension ContractCopy {
    /// `nil` for a failure.
    fileprivate init?(_ entry: CacheEntry) {
        guard !entry.isFailure else { return nil }
        let object = entry.answer.status == 200 ? entry.answer.identity.body.array : nil
        self.init(
            object: object.map { ContractView.marked($0, stale: false) }, fetchedAt: entry.times.fetchedAt,
            freshUntil: entry.times.freshUntil, purgeSequence: entry.times.purgeSequence)
    }

    /// `nil` for what this release does not store.
    fileprivate init?(_ response: CachedResponse) {
        let head = response.head
        guard head.status == 200 || head.status == 404 else { return nil }
        self.init(
            object: head.status == 200 ? response.body.array : nil, fetchedAt: head.responseTime,
            freshUntil: head.freshUntil, purgeSequence: response.purgeSequence)
    }
}

extension CachedResponse {
    /// A contract as the tier that replicas share keeps it: a response for every request.
    fileprivate convenience init(_ copy: ContractCopy, _ staleness: StalenessPolicy) {
        let head = StoredHead(
            status: copy.object == nil ? 404 : 200, fields: HeaderFields(), requestTime: copy.fetchedAt,
            responseTime: copy.fetchedAt, initialAge: 0, lifetime: max(0, (copy.freshUntil - copy.fetchedAt) / 1000),
            flags: .isOverride, staleWhileRevalidate: staleness.staleWhileRevalidate / 1000,
            staleIfError: staleness.staleIfError / 1000,
            variant: VariantKey(vary: [], request: HeaderFields(), response: HeaderFields()), partial: nil,
            entityTag: nil, lastModified: nil, date: copy.fetchedAt / 1000)
        self.init(
            head: head, body: copy.object.map { SharedBytes(copying: $0) } ?? .empty,
            purgeSequence: copy.purgeSequence)
    }
}
