import Caching
import HTTPCaching

/// Where routes' responses are kept: memory, and Redis behind it. Redis failing is like Redis being empty.
///
/// Called on the fetch loop only, which makes it the one writer of routes' entries in memory.
struct RouteStore: Sendable {
    let memory: MemoryCache
    let redis: (any SharedResponses)?
    let time: TimeSource
    /// Milliseconds after which memory looks at Redis again.
    let memoryTTL: Int64
    let redisTimeout: Duration
    let metrics: Metrics

    /// The best response for a request that any tier holds, whatever its age.
    func look(for request: RouteRequest) async -> StoredVariant? {
        let now = time.now
        let current = request.key.withUnsafeBytes { memory.responses(forKey: $0, at: now) }
        if let response = current?.select(for: request.fields) {
            return StoredVariant(response: response, tier: .memory)
        }
        if let response = await lookInRedis(for: request) {
            insert(response, for: request.key)
            return StoredVariant(response: response, tier: .redis)
        }
        return lastKnown(for: request).map { StoredVariant(response: $0, tier: .memory) }
    }

    /// What memory holds for a request, whatever its times say.
    func lastKnown(for request: RouteRequest) -> CachedResponse? {
        lastKnown(request.key)?.select(for: request.fields)
    }

    /// Whether anything is known under the request's key, to tell a miss of the URL from one of the variant.
    func hasOtherVariants(_ request: RouteRequest) -> Bool {
        lastKnown(request.key) != nil
    }

    /// The fields that responses under a key are known to differ by, as they are in this request.
    func variantKey(of request: RouteRequest) -> VariantKey? {
        guard let newest = lastKnown(request.key)?.variants.first, !newest.head.variant.names.isEmpty else {
            return nil
        }
        let names = newest.head.variant.names.map { Array($0.utf8) }
        return VariantKey(vary: names, request: request.fields, response: HeaderFields())
    }

    /// Keeps a response in every tier; returns when Redis has it or its time is up.
    func keep(_ response: CachedResponse, for key: [UInt8]) async {
        insert(response, for: key)
        guard let redis else { return }
        do throws(StoreError) {
            try await redis.store(response, for: key)
        } catch {
            metrics.redisFailures.increment()
        }
    }

    /// Forgets every response under a key; returns when Redis has, too.
    func forget(_ key: [UInt8]) async {
        key.withUnsafeBytes { _ = memory.remove(forKey: $0) }
        guard let redis else { return }
        do throws(StoreError) {
            try await redis.forget(key)
        } catch {
            metrics.redisFailures.increment()
        }
    }

    private func lookInRedis(for request: RouteRequest) async -> CachedResponse? {
        guard let redis else { return nil }
        let fields = request.fields
        do throws(StoreError) {
            let found = try await redis.variants(
                for: request.key,
                matching: { keys in keys.indices.filter { keys[$0].matches(fields) } }, within: redisTimeout)
            let chosen = VariantSelection.select(among: found.map(\.head), for: fields)
            metrics.countLookup(.redis, found: chosen != nil)
            return chosen.map { found[$0] }
        } catch {
            metrics.redisFailures.increment()
            return nil
        }
    }

    private func lastKnown(_ key: [UInt8]) -> ResponseEntry? {
        key.withUnsafeBytes { memory.lastKnownResponses(forKey: $0) }
    }

    private func insert(_ response: CachedResponse, for key: [UInt8]) {
        let now = time.now
        let until = redis == nil ? response.head.usefulUntil : min(response.head.usefulUntil, now + memoryTTL)
        let times = CacheEntry.Times(
            storedAt: now, fetchedAt: response.head.responseTime, freshUntil: response.head.usefulUntil,
            memoryUntil: until)
        let entry =
            lastKnown(key)?.adding(response, times) ?? ResponseEntry(key: key, variants: [response], times: times)
        memory.insert(entry)
    }
}
