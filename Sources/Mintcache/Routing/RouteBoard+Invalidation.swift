import Caching

/// What is stored and is not true any more (RFC 9111, section 4.4).
extension RouteBoard {
    /// Drops what any instance holds under a key, and what the fetches under way would store there, but for the one whose
    /// answer made the rest invalid. Returns when the others can hear it: whoever gets that answer finds nothing older
    /// anywhere, a moment later at the most.
    func invalidate(_ key: [UInt8], by fetch: RouteFetch) async {
        outdate(key)
        underWay[key]?.spared = fetch.number
        await store.forget(key)
        await announcer?.announce(key)
    }

    /// Another instance has invalidated a key. It has dropped what Redis held; but a fetch of ours that was under way then
    /// may have stored something since, and memory would hold that, too.
    func noteInvalidation(of key: [UInt8]) {
        let wasFetching = underWay[key] != nil
        outdate(key)
        guard store.forgetInMemory(key) || wasFetching else { return }
        Task(executorPreference: loop) { await self.store.forget(key) }
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
    func announce(_ key: [UInt8]) async {
        do throws(StoreError) {
            try await channel.publish(.invalidated(key, instance: instance))
        } catch {
            metrics.redisFailures.increment()
        }
    }
}
