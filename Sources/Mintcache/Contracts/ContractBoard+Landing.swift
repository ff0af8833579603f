import Caching
import HTTPCaching
import Tokens

/// From what a flight, or another instance, brought to memory and to those who waited.
extension ContractBoard {
    /// Takes note that an instance, maybe this one, has brought what was fetched at a moment. Of what is older, in memory
    /// or about to be, Redis is asked again; and what failed here counts no more.
    func noteLanding(of key: CollectionKey, fetchedAt moment: Int64) {
        lookups.note(key, fetchedAt: moment)
        let hasFailed = setbacks.forget(key)
        EntryKey.bytes(ofContract: key).withUnsafeBytes { bytes in
            guard let held = memory.lastKnownEntry(forKey: bytes) else { return }
            if held.isFailure {
                if hasFailed { memory.remove(forKey: bytes) }
            } else if held.times.fetchedAt < moment {
                memory.distrust(forKey: bytes)
            }
        }
    }

    /// Ends the flight: memory is filled and everybody who waits is served.
    ///
    /// - Parameter isShared: whether another instance fetched it.
    func land(_ key: CollectionKey, _ landing: ContractLanding, isShared: Bool = false) {
        // What was purged on its way is not for those who asked afterwards.
        if let copy = landing.copy, store.purges.verdict(on: copy, of: key) == .void {
            standIns[key] = nil
            return start(key, .answer)
        }
        let places = room.finish(key)
        standIns[key] = nil
        let entry = render(key, landing)
        let problem: Problem? = if case .problem(let problem) = landing { problem } else { nil }
        FlightWaiter.serve(
            places.map { place in
                let status = status(of: landing, entry, isCollapsed: place.isCollapsed || isShared)
                return (place.waiter, Delivery(entry: entry, status: status, problem: problem))
            })
    }

    @discardableResult
    func render(_ key: CollectionKey, _ landing: ContractLanding) -> CacheEntry {
        let now = time.now
        let entry: CacheEntry
        switch landing {
        case .fetched(let copy):
            entry = equipment.renderer.entry(for: copy, ofContract: key, from: .source, isStale: false, now: now)
        case .held(let found):
            let isStale = found.freshness != .fresh
            entry = equipment.renderer.entry(
                for: found.copy, ofContract: key, from: found.tier ?? .source, isStale: isStale, now: now)
            // What was just found stale is being fetched, or could not be; the next attempt waits its turn.
            if isStale { _ = entry.claimRefresh(at: now, retryingAfter: max(equipment.rules.errorTTL, 1000)) }
        case .problem(let problem):
            entry = equipment.renderer.entry(for: problem, ofContract: key, now: now)
        }
        // Our own overload is over sooner than memory would forget it.
        guard entry.answer.status != 503 else { return entry }
        memory.insert(entry, isTrusted: !lookups.isSurpassed(key, fetchedAt: entry.times.fetchedAt))
        return entry
    }

    func status(of landing: ContractLanding, _ entry: CacheEntry, isCollapsed: Bool) -> CacheStatus {
        switch landing {
        case .fetched:
            return .forwarded(.uriMiss, status: entry.answer.status, stored: !isCollapsed, collapsed: isCollapsed)
        case .held(let found):
            let timeToLive = (entry.times.freshUntil - time.now) / 1000
            return .hit(timeToLive: timeToLive, detail: found.tier?.statusDetail ?? .memory)
        case .problem:
            return .forwarded(.uriMiss, status: entry.answer.status, collapsed: isCollapsed)
        }
    }
}
