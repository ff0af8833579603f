import Caching
import EventLoops
import HTTPCaching
import Tokens

/// What contracts say about themselves: one flight per contract in the process, through memory and Redis to the chain
/// and back, by the rules of tokens.
///
/// Pinned to the fetch loop.
actor ContractBoard: WaitingBoard, ContractUpdates {
    /// What a reload may change.
    struct Equipment: Sendable {
        var resolver: any ContractResolving
        var renderer: AnswerRenderer
        var rules: FlightBoard.Rules
        var lifetimes: @Sendable (TokenReference) -> LifetimePolicy
    }

    /// What a flight brought.
    private enum Landing {
        case fetched(ContractCopy)
        case held(FoundContract)
        case problem(Problem)

        var copy: ContractCopy? {
            switch self {
            case .fetched(let copy): copy
            case .held(let found): found.copy
            case .problem: nil
            }
        }
    }

    /// What was known when a flight began.
    private struct Beginning {
        let change: UInt64
        let purge: UInt64
    }

    private let loop: EventLoop
    private let memory: MemoryCache
    private let time: TimeSource
    private let store: ContractStore
    private let metrics: Metrics
    private let contracts: HeldContracts
    private var equipment: Equipment
    private var room = WaitingRoom<CollectionKey>()
    private var setbacks = Setbacks<CollectionKey>()
    /// Good copies of contracts that are being asked: for waiters whose deadline passes meanwhile.
    private var standIns: [CollectionKey: FoundContract] = [:]

    init(
        loop: EventLoop, memory: MemoryCache, redis: (any SharedResponses)?, time: TimeSource, metrics: Metrics,
        updates: FlightUpdates = FlightUpdates(), equipment: Equipment
    ) {
        self.loop = loop
        self.memory = memory
        self.time = time
        store = ContractStore(memory: memory, redis: redis, time: time, metrics: metrics, purges: updates.purges)
        self.metrics = metrics
        contracts = updates.contracts
        self.equipment = equipment
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Flights under way, and everybody who waits for them.
    var load: (flights: Int, waiters: Int) { room.load }

    /// Takes what a reload changed. Flights under way end by the old rules.
    func equip(_ equipment: Equipment) {
        self.equipment = equipment
    }

    // MARK: Waiting

    /// Joins the flight for a contract, starting one when there is none. Past the limits the waiter is told so at once.
    func join(_ key: CollectionKey, _ waiter: FlightWaiter) {
        switch room.join(key, waiter) {
        case .lead:
            start(key, .answer)
        case .follow:
            metrics.collapsedRequests.increment()
        case .refused(let full):
            metrics.refusedWaiters.increment()
            serve(waiter, .overloaded(full), key)
        }
    }

    /// Ends the wait of one whose deadline has passed, with the copy held when that may stand in. The flight goes on.
    func expire(_ key: CollectionKey, _ waiter: FlightWaiter) {
        guard room.remove(waiter.identifier) else { return }
        guard let found = standIn(for: key) else { return serve(waiter, .timedOut, key) }
        metrics.staleIfError.increment()
        let entry = render(key, .held(found))
        FlightWaiter.serve([(waiter, Delivery(entry: entry, status: status(of: .held(found), entry, false)))])
    }

    /// Stops waiting. Unknown and already served waiters are ignored.
    func leave(_ identifier: FlightWaiter.Identifier) {
        room.remove(identifier)
    }

    /// The contract as soon as it is there, or what there is of it when the time is up; the flight then goes on. Any
    /// task. The answer's body is the contract object, or a problem.
    func delivery(of key: CollectionKey, within limit: Duration? = nil) async -> Delivery {
        await withCheckedContinuation { continuation in
            let waiter = FlightWaiter(representation: .object, loop: loop) { continuation.resume(returning: $0) }
            join(key, waiter)
            if let limit { loop.schedule(after: limit) { self.assumeIsolated { $0.expire(key, waiter) } } }
        }
    }

    /// The best copy that any tier holds, ready to be sent, without asking the chain.
    func cachedDelivery(of key: CollectionKey, as representation: TokenRepresentation = .object) async -> Delivery? {
        guard let found = await store.look(for: key, by: equipment.rules), found.freshness != .expired else {
            return nil
        }
        // In memory a stale copy would keep the chain from being asked for a while, and nobody is asking it.
        let entry =
            found.freshness == .fresh
            ? render(key, .held(found))
            : equipment.renderer.entry(
                for: found.copy, ofContract: key, from: found.tier ?? .source, isStale: true, now: time.now)
        return Delivery(entry: entry, status: status(of: .held(found), entry, false))
    }

    /// Fetches a stale contract anew, unless that is under way or another instance has done it.
    func refresh(_ key: CollectionKey) {
        begin(key, .revalidation)
    }

    /// Takes note that a contract has changed: what is held is a stale copy from now on, and is shown as one while it is
    /// fetched anew.
    func contractChanged(_ key: CollectionKey) {
        store.changes.note(key, at: time.now)
        guard let found = store.goodCopyInMemory(of: key, by: equipment.rules) else { return }
        render(key, .held(found))
        refresh(key)
    }

    /// Nothing is known of what went wrong before a purge.
    func forgetSetbacks(in scope: PurgeScope) {
        setbacks.forget { key in
            scope == .everything || scope == .contract(key.chain, key.contract)
        }
    }

    private func begin(_ key: CollectionKey, _ purpose: FlightPurpose) {
        guard room.begin(key) else { return }
        metrics.refreshes.increment()
        start(key, purpose)
    }

    private func serve(_ waiter: FlightWaiter, _ problem: Problem, _ key: CollectionKey) {
        let entry = equipment.renderer.entry(for: problem, ofContract: key, now: time.now)
        FlightWaiter.serve([
            (waiter, Delivery(entry: entry, status: .forwarded(.uriMiss, status: nil), problem: problem))
        ])
    }

    private func standIn(for key: CollectionKey) -> FoundContract? {
        if let found = standIns[key], store.purges.verdict(on: found.copy, of: key) != .void { return found }
        return store.goodCopyInMemory(of: key, by: equipment.rules)
    }

    // MARK: Flying

    private func start(_ key: CollectionKey, _ purpose: FlightPurpose) {
        metrics.flights.increment()
        Task(executorPreference: loop) { await self.fly(key, purpose) }
    }

    private func fly(_ key: CollectionKey, _ purpose: FlightPurpose) async {
        contracts.enter(key)
        defer { contracts.leave(key) }
        let beginning = Beginning(change: store.changes.number, purge: store.purges.sequence)
        let setback = setbacks.current(for: key, at: time.now)
        if let problem = setback?.problem { return land(key, .problem(problem)) }
        let found = await store.look(for: key, by: equipment.rules)
        if let found {
            switch found.freshness {
            case .fresh:
                return land(key, .held(found))
            case .staleWhileRevalidate where purpose == .answer:
                land(key, .held(found))
                return refresh(key)
            case .staleWhileRevalidate, .staleIfError, .expired:
                break
            }
        }
        if let found, found.isGoodCopy {
            // It failed a short while ago, and is left alone until its time is up.
            if setback != nil { return land(key, .held(found)) }
            standIns[key] = found
        }
        let resolver = equipment.resolver
        do throws(Problem) {
            await arrive(key, with: try await resolver.resolve(key), instead: found, since: beginning)
            // What was asked for before the contract changed may be the old.
            if store.changes.latest(of: key, since: beginning.change) != nil { refresh(key) }
        } catch {
            fail(key, error, holding: found)
        }
    }

    /// A copy that lacks something, or says that there is nothing, never replaces a good one.
    private func arrive(
        _ key: CollectionKey, with finding: ContractFinding, instead found: FoundContract?, since beginning: Beginning
    ) async {
        let lifetime: LifetimePolicy.Outcome =
            switch finding {
            case .page(_, _, let lifetime): lifetime
            case .nothing: .missing
            }
        if lifetime != .document, let found, found.isGoodCopy {
            setBack(key, nil)
            return land(key, .held(found))
        }
        setbacks.forget(key)
        let copy = await copy(of: finding, key, lifetime, since: beginning)
        // What is missing may be had soon, perhaps by another instance.
        if lifetime != .failure { await store.keep(copy, of: key, by: equipment.rules.staleness) }
        if copy.object != nil { contracts.hold(key) }
        land(key, .fetched(copy))
    }

    private func copy(
        of finding: ContractFinding, _ key: CollectionKey, _ lifetime: LifetimePolicy.Outcome,
        since beginning: Beginning
    ) async -> ContractCopy {
        // One that a change has overtaken counts as older than the change.
        let now = store.changes.latest(of: key, since: beginning.change).map { $0 - 1 } ?? time.now
        let policy = equipment.lifetimes(key.reference)
        let freshUntil = policy.freshUntil(fetchedAt: now, outcome: lifetime, digest: key.digest)
        guard case .page(let facts, let document, _) = finding else {
            return ContractCopy(
                object: nil, fetchedAt: now, freshUntil: freshUntil, purgeSequence: beginning.purge)
        }
        let renderer = equipment.renderer
        let render = { @Sendable in renderer.contractObject(for: facts, document: document, fetchedAt: now) }
        let isLarge = document.map { LargeDocument.isLarge($0) } ?? false
        let object = isLarge ? await Task.detached { render() }.value : render()
        return ContractCopy(
            object: object, fetchedAt: now, freshUntil: freshUntil, purgeSequence: beginning.purge)
    }

    private func fail(_ key: CollectionKey, _ problem: Problem, holding found: FoundContract?) {
        metrics.failedFlights.increment()
        if let found, found.isGoodCopy {
            metrics.staleIfError.increment()
            setBack(key, nil)
            land(key, .held(found))
        } else {
            // Our own overload is over sooner than a failure is forgotten.
            if problem.status != 503 { setBack(key, problem) }
            land(key, .problem(problem))
        }
    }

    private func setBack(_ key: CollectionKey, _ problem: Problem?) {
        let now = time.now
        let repetitions = setbacks.repetitions(for: key, at: now)
        let until = equipment.rules.lifetimes.freshUntil(
            fetchedAt: now, outcome: .failure, repetitions: repetitions, digest: key.digest)
        setbacks.remember(.init(problem: problem, until: until, repetitions: repetitions), for: key, at: now)
    }

    // MARK: Landing

    private func land(_ key: CollectionKey, _ landing: Landing) {
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
                let status = status(of: landing, entry, place.isCollapsed)
                return (place.waiter, Delivery(entry: entry, status: status, problem: problem))
            })
    }

    @discardableResult
    private func render(_ key: CollectionKey, _ landing: Landing) -> CacheEntry {
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
        if entry.answer.status != 503 { memory.insert(entry) }
        return entry
    }

    private func status(of landing: Landing, _ entry: CacheEntry, _ isCollapsed: Bool) -> CacheStatus {
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

extension CollectionKey {
    fileprivate var digest: UInt64 { reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) } }
}
