import Caching
import HTTPCaching
import Tokens

// From what a flight brought to memory and to those who waited.
extension FlightBoard {
    /// Ends the flight: memory is filled and everybody who waits is served, in one visit to each loop.
    ///
    /// - Parameter isShared: whether another instance fetched it.
    func land(_ reference: TokenReference, _ brought: Landing, isShared: Bool = false) async {
        var prepared = await prepare(brought)
        // What was purged on its way is not for those who asked afterwards.
        if updates.isVoid(brought) {
            standIns[reference] = nil
            return start(reference, renewing.contains(reference) ? .renewal : .answer)
        }
        var landing = brought
        if let stale = updates.overtaken(brought) {
            (landing, prepared) = (stale, [:])
            renewals.insert(reference)
        }
        if landing.record?.outcome == .document { updates.contracts.hold(CollectionKey(reference)) }
        FlightLog.current?.conclude(landing.label)
        let costs = FlightLog.current?.costs
        let aboard = room.finish(reference)
        standIns[reference] = nil
        renewing.remove(reference)
        priorities[reference] = nil
        var entries: [TokenRepresentation: CacheEntry] = [:]
        var served: [(waiter: FlightWaiter, delivery: Delivery)] = []
        for place in aboard {
            let representation = place.waiter.representation
            let entry = entries[representation] ?? render(reference, landing, as: representation, prepared)
            entries[representation] = entry
            let status = status(of: landing, entry, isCollapsed: place.isCollapsed || isShared)
            let delivery = Delivery(entry: entry, status: status, problem: landing.problem, costs: costs)
            served.append((place.waiter, delivery))
        }
        for representation in TokenRepresentation.allCases where entries[representation] == nil {
            if mustRender(reference, landing, representation, isAlone: entries.isEmpty) {
                entries[representation] = render(reference, landing, as: representation, prepared)
            }
        }
        FlightWaiter.serve(served)
        if renewals.remove(reference) != nil { begin(reference, .renewal) }
    }

    /// Whether a representation nobody waits for is put into memory: to replace an old one, so that both tell the same;
    /// to remember a failure for the whole token; or because nobody waits at all.
    private func mustRender(
        _ reference: TokenReference, _ landing: Landing, _ representation: TokenRepresentation, isAlone: Bool
    ) -> Bool {
        switch landing {
        case .problem:
            return true
        case .fetched(let record), .held(let record, _, _):
            if let held = search.held(reference, representation) { return held.times.fetchedAt < record.fetchedAt }
            return isAlone && representation == .object
        }
    }

    /// Large documents are rendered off the loop, so that everybody else's flights go on.
    func prepare(_ landing: Landing) async -> [TokenRepresentation: CacheEntry] {
        guard let record = landing.record, LargeDocument.isLarge(record.document) else { return [:] }
        let (renderer, now) = (equipment.renderer, time.now)
        return await Task.detached {
            let entries = TokenRepresentation.allCases.map { ($0, renderer.entry(for: landing, as: $0, now: now)) }
            return Dictionary(entries.compactMap { key, entry in entry.map { (key, $0) } }) { first, _ in first }
        }.value
    }

    @discardableResult
    func render(
        _ reference: TokenReference, _ landing: Landing, as representation: TokenRepresentation,
        _ prepared: [TokenRepresentation: CacheEntry] = [:]
    ) -> CacheEntry {
        let now = time.now
        if let held = readmitted(reference, landing, representation, at: now) { return held }
        let entry: CacheEntry
        switch landing {
        case .fetched(let record):
            entry =
                prepared[representation]
                ?? equipment.renderer.entry(for: record, as: representation, from: .source, isStale: false, now: now)
        case .held(let record, let tier, let isStale):
            entry =
                prepared[representation]
                ?? equipment.renderer.entry(
                    for: record, as: representation, from: tier ?? .source, isStale: isStale, now: now)
            // What was just found stale is being fetched, or could not be; the next attempt waits its turn.
            if isStale { _ = entry.claimRefresh(at: now, retryingAfter: max(equipment.rules.errorTTL, 1000)) }
        case .problem(let problem):
            entry = equipment.renderer.entry(for: problem, of: reference, as: representation, now: now)
        }
        // Our own overload is over sooner than memory would forget it.
        guard entry.answer.status != 503 else { return entry }
        memory.insert(entry, isTrusted: !lookups.isSurpassed(reference, fetchedAt: entry.times.fetchedAt))
        return entry
    }

    /// What memory holds already, if it is what was found there and looked through: it may be answered with at once again.
    private func readmitted(
        _ reference: TokenReference, _ landing: Landing, _ representation: TokenRepresentation, at now: Int64
    ) -> CacheEntry? {
        guard case .held(let record, nil, isStale: false) = landing,
            let held = search.held(reference, representation), held.times.fetchedAt == record.fetchedAt,
            now < held.times.memoryUntil, memory.isTrusted(held)
        else { return nil }
        memory.vouch(for: held)
        return held
    }

    func status(of landing: Landing, _ entry: CacheEntry, isCollapsed: Bool) -> CacheStatus {
        let timeToLive = (entry.times.freshUntil - time.now) / 1000
        switch landing {
        case .fetched:
            return .forwarded(.uriMiss, status: entry.answer.status, stored: !isCollapsed, collapsed: isCollapsed)
        case .held(_, let tier, _):
            return .hit(timeToLive: timeToLive, detail: tier?.statusDetail ?? .memory)
        case .problem:
            return .forwarded(.uriMiss, status: entry.answer.status, collapsed: isCollapsed)
        }
    }
}
