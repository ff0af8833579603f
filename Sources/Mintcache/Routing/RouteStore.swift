import Caching
import HTTPCaching
import RedisStore
import Synchronization

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
    /// The largest body that memory takes, in bytes.
    let memoryLimit: Int
    let metrics: Metrics
    let purges: PurgeBook
    private let lookups = RouteLookups()

    /// How much of the largest entry is left to keys and heads, in bytes.
    static let headAllowance = 8 * 1024

    /// The best response for a request that any tier holds, whatever its age; none when what was found was invalidated on
    /// its way.
    func look(for request: RouteRequest) async -> RouteFinding {
        let now = time.now
        let current = heldInMemory(request, now) ?? readmitted(request, now)
        if let response = current?.select(for: request.fields) {
            return RouteFinding(variant: StoredVariant(response: response, tier: .memory))
        }
        let invalidations = lookups.begin(request.key)
        let finding = await lookInRedis(for: request)
        guard lookups.end(request.key, begunAfter: invalidations) else { return RouteFinding() }
        switch finding {
        case .found(let response):
            insert(response, for: request)
            return RouteFinding(variant: StoredVariant(response: response, tier: .redis))
        case .nothing(let hasOthers):
            return RouteFinding(hasOthers: hasOthers)
        case .unknown:
            let held = lastKnown(request.key)
            let variant = lastKnown(for: request).map { StoredVariant(response: $0, tier: .memory) }
            return RouteFinding(variant: variant, hasOthers: held != nil)
        }
    }

    /// What Redis says. That it has nothing counts: another instance may have invalidated what memory still holds.
    private enum SharedFinding {
        case found(CachedResponse)
        case nothing(hasOthers: Bool)
        case unknown
    }

    /// The largest body that some tier takes, in bytes.
    var largestBody: Int { redis == nil ? memoryLimit : max(memoryLimit, RedisSharedResponses.maximumValue) }

    /// What memory holds for a request, whatever its times say.
    func lastKnown(for request: RouteRequest) -> CachedResponse? {
        guard let held = lastKnown(request.key) else { return nil }
        return CachedResponse.select(among: unpurged(held.variants, for: request), for: request.fields)
    }

    /// What memory may answer with at once. Of wallets' own answers nothing is taken for granted: see
    /// ``PurgeBook/judgedRoutes``.
    private func heldInMemory(_ request: RouteRequest, _ now: Int64) -> ResponseEntry? {
        let held = request.key.withUnsafeBytes { memory.responses(forKey: $0, at: now) }
        guard let held, request.route.caching?.keepsWalletsApart == true else { return held }
        return unpurged(held.variants, for: request).elementsEqual(held.variants, by: { $0 === $1 }) ? held : nil
    }

    /// What memory holds though it may not answer with it at once, without what was purged.
    private func readmitted(_ request: RouteRequest, _ now: Int64) -> ResponseEntry? {
        guard let held = lastKnown(request.key), now < held.times.memoryUntil, memory.isTrusted(held) else {
            return nil
        }
        let variants = unpurged(held.variants, for: request)
        if variants.elementsEqual(held.variants, by: { $0 === $1 }) {
            memory.vouch(for: held)
            return held
        }
        guard !variants.isEmpty else {
            request.key.withUnsafeBytes { _ = memory.remove(forKey: $0) }
            return nil
        }
        let entry = ResponseEntry(key: request.key, variants: variants, times: held.times)
        memory.insert(entry)
        return entry
    }

    /// The responses that no purge has made void; those that one has made stale are stale.
    private func unpurged(
        _ responses: [CachedResponse], for request: RouteRequest, in tier: CacheTier? = nil
    ) -> [CachedResponse] {
        responses.compactMap { response in
            switch purges.verdict(on: response, for: request, in: tier) {
            case .valid: response
            case .stale: response.head.timeToLive(at: time.now) > 0 ? response.outdated(at: time.now) : response
            case .void: nil
            }
        }
    }

    /// The fields that responses under a key are known to differ by, as they are in this request.
    func variantKey(of request: RouteRequest) -> VariantKey? {
        guard let newest = lastKnown(request.key)?.variants.first, !newest.head.variant.names.isEmpty else {
            return nil
        }
        let names = newest.head.variant.names.map { Array($0.utf8) }
        return VariantKey(vary: names, request: request.fields, response: HeaderFields())
    }

    /// Keeps a response in every tier, unless it was purged on its way; returns when Redis has it or its time is up.
    func keep(_ response: CachedResponse, for request: RouteRequest) async {
        guard let current = unpurged([response], for: request).first else { return }
        insert(current, for: request)
        guard let redis else { return }
        do throws(StoreError) {
            try await redis.store(response, for: request.key)
        } catch {
            metrics.redisFailures.increment()
        }
    }

    /// Forgets every response under a key; returns when Redis has, too.
    func forget(_ key: [UInt8]) async {
        forgetInMemory(key)
        guard let redis else { return }
        do throws(StoreError) {
            try await redis.forget(key)
        } catch {
            metrics.redisFailures.increment()
        }
        // Whoever has looked before Redis forgot has found what it forgot.
        lookups.noteInvalidation(of: key)
    }

    /// Whether memory held anything under a key that it has forgotten now. What is being looked up is not taken in.
    @discardableResult
    func forgetInMemory(_ key: [UInt8]) -> Bool {
        lookups.noteInvalidation(of: key)
        return key.withUnsafeBytes { memory.remove(forKey: $0) }
    }

    /// Whether memory holds something under a key that was fetched at a moment or later, in milliseconds since 1970.
    func holds(_ key: [UInt8], fetchedSince moment: Int64) -> Bool {
        lastKnown(key)?.variants.contains { $0.head.responseTime >= moment } ?? false
    }

    private func lookInRedis(for request: RouteRequest) async -> SharedFinding {
        guard let redis else { return .unknown }
        let fields = request.fields
        let hasOthers = Mutex(false)
        do throws(StoreError) {
            let found = try await redis.variants(
                for: request.key,
                matching: { keys in
                    hasOthers.withLock { $0 = !keys.isEmpty }
                    return VariantSelection.candidates(among: keys, for: fields)
                }, within: redisTimeout)
            let chosen = CachedResponse.select(among: unpurged(found, for: request, in: .redis), for: fields)
            metrics.countLookup(.redis, found: chosen != nil)
            return chosen.map { .found($0) } ?? .nothing(hasOthers: hasOthers.withLock { $0 })
        } catch {
            metrics.redisFailures.increment()
            return .unknown
        }
    }

    private func lastKnown(_ key: [UInt8]) -> ResponseEntry? {
        key.withUnsafeBytes { memory.lastKnownResponses(forKey: $0) }
    }

    private func insert(_ response: CachedResponse, for request: RouteRequest) {
        let now = time.now
        let key = request.key
        let held = lastKnown(key).flatMap { held in
            let variants = unpurged(held.variants, for: request)
            return variants.isEmpty ? nil : ResponseEntry(key: key, variants: variants, times: held.times)
        }
        let isShared = redis != nil && response.body.count <= RedisSharedResponses.maximumValue
        var until = isShared ? min(response.head.usefulUntil, now + memoryTTL) : response.head.usefulUntil
        // What is held beside it is trusted no longer than before.
        if let held, now < held.times.memoryUntil, held.variants.count > 1 || !held.variants[0].isReplaced(by: response)
        {
            until = min(until, held.times.memoryUntil)
        }
        let times = ResponseEntry.Times(
            storedAt: now, fetchedAt: response.head.responseTime, freshUntil: response.head.usefulUntil,
            memoryUntil: until)
        let entry =
            held?.adding(response, times) ?? ResponseEntry(key: key, variants: [response], times: times)
        memory.insert(entry)
    }
}

extension CachedResponse {
    /// The same response, stale from now on.
    fileprivate func outdated(at now: Int64) -> CachedResponse {
        var head = head
        head.lifetime = min(head.lifetime, head.age(at: now))
        return CachedResponse(head: head, body: body, purgeSequence: purgeSequence)
    }

    fileprivate func isReplaced(by other: CachedResponse) -> Bool {
        head.variant == other.head.variant && (head.partial != nil || other.head.partial == nil)
    }
}
