import Caching
import HTTPCaching

/// What is stored and is not true any more (RFC 9111, section 4.4).
extension RouteBoard {
    /// Has nobody answer any more with what is held of a URL, whoever it was kept for. Where wallets have answers of their
    /// own nobody knows all the keys: then it is purged.
    func invalidate(_ url: ResourceURL, by fetch: RouteFetch) async {
        let request = fetch.request
        if request.route.caching?.keepsWalletsApart == true, await orders.purge(url, on: request.route) { return }
        await invalidate(request.key(of: url), by: fetch)
    }

    /// Drops what any instance holds under a key, and what the fetches under way would store there, but for the one whose
    /// answer made the rest invalid. Returns when the others can hear it: whoever gets that answer finds nothing older
    /// anywhere, a moment later at the most.
    func invalidate(_ key: [UInt8], by fetch: RouteFetch) async {
        outdate(key)
        underWay[key]?.spared = fetch.number
        await store.forget(key)
        await announcer?.announce(key)
    }

    /// How long ago a fetch may have ended that was under way when another instance invalidated its key, in milliseconds:
    /// longer than announcements are on their way.
    private static let recently: Int64 = 10_000

    /// Keeps what a fetch has brought, if it is still true. False when it is not, or ceased to be on its way into Redis:
    /// then it is taken back.
    @discardableResult
    func keep(_ response: CachedResponse, of fetch: RouteFetch) async -> Bool {
        guard isCurrent(fetch) else { return false }
        await store.keep(response, for: fetch.request)
        if isCurrent(fetch) { return true }
        await takeBack(fetch.request.key)
        return false
    }

    /// Another instance has invalidated a key. It has dropped what Redis held; but a fetch of ours that was under way then
    /// may have stored something since, and memory would hold that, too, as would that of others who have found it.
    ///
    /// - Parameter isRepeated: whether all that is said is that others may have done so. Fetches were told before; and
    ///   nobody repeats what is repeated.
    func noteInvalidation(of key: [UInt8], isRepeated: Bool = false) {
        if isRepeated {
            store.forgetInMemory(key)
            return
        }
        let mayHaveStored = underWay[key] != nil || store.holds(key, fetchedSince: time.now - Self.recently)
        outdate(key)
        guard store.forgetInMemory(key) || mayHaveStored else { return }
        Task(executorPreference: loop) {
            if mayHaveStored { await self.takeBack(key) } else { await self.store.forget(key) }
        }
    }

    /// Drops what was stored after it had been invalidated, and has others drop it who have found it meanwhile.
    private func takeBack(_ key: [UInt8]) async {
        await store.forget(key)
        await announcer?.announce(key, isRepeated: true)
    }

    /// Invalidations may have been missed: nothing is stored of what is on its way.
    func doubtFetches() {
        for key in underWay.keys { outdate(key) }
    }

    private func outdate(_ key: [UInt8]) {
        underWay[key]?.outdated = lastFetch
        underWay[key]?.spared = 0
        for flight in flowing.keys where flight.isFor(key) { flowing[flight] = nil }
    }
}

/// Tells the other instances that what is stored under a key is not true any more.
struct InvalidationAnnouncer: Sendable {
    let channel: any FleetChannel
    /// By what the others know this instance.
    let instance: String
    let metrics: Metrics

    /// Without Redis nobody hears of it: what the others hold in memory goes by its own times.
    func announce(_ key: [UInt8], isRepeated: Bool = false) async {
        do throws(StoreError) {
            try await channel.publish(.invalidated(key, instance: instance, isRepeated: isRepeated))
        } catch {
            metrics.redisFailures.increment()
        }
    }
}
