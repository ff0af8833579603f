import Caching
import EventLoops
import HTTPCaching
import Tokens

/// What contracts say about themselves: one flight per contract in the process, through memory and Redis to the chain
/// and back, and of the flights of all instances one at a time that asks the chain, by the rules of tokens.
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

    let loop: EventLoop
    let memory: MemoryCache
    let time: TimeSource
    let store: ContractStore
    let metrics: Metrics
    let contracts: HeldContracts
    /// Whose turn it is to ask; `nil` without a store that instances share.
    let fleet: FleetFetches?
    var equipment: Equipment
    var room = WaitingRoom<CollectionKey>()
    var setbacks = Setbacks<CollectionKey>()
    var lookups = Lookups<CollectionKey>()
    /// Good copies of contracts that are being asked: for waiters whose deadline passes meanwhile.
    var standIns: [CollectionKey: FoundContract] = [:]

    init(
        loop: EventLoop, memory: MemoryCache, redis: (any SharedResponses)?, time: TimeSource, metrics: Metrics,
        updates: FlightUpdates = FlightUpdates(), fleet: FleetFetches? = nil, equipment: Equipment
    ) {
        self.fleet = fleet
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
        let status = status(of: .held(found), entry, isCollapsed: false)
        FlightWaiter.serve([(waiter, Delivery(entry: entry, status: status))])
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
        lookups.begin(key)
        defer { lookups.end(key) }
        guard let found = await store.look(for: key, by: equipment.rules), found.freshness != .expired else {
            return nil
        }
        // In memory a stale copy would keep the chain from being asked for a while, and nobody is asking it.
        let entry =
            found.freshness == .fresh
            ? render(key, .held(found))
            : equipment.renderer.entry(
                for: found.copy, ofContract: key, from: found.tier ?? .source, isStale: true, now: time.now)
        return Delivery(entry: entry, status: status(of: .held(found), entry, isCollapsed: false))
    }

    /// Fetches a stale contract anew, unless that is under way or another instance has done it.
    func refresh(_ key: CollectionKey) {
        begin(key, .revalidation)
    }

    /// Takes note that a contract has changed: what is held is a stale copy from now on, and is shown as one while it is
    /// fetched anew.
    func contractChanged(_ key: CollectionKey, at moment: Int64) {
        store.changes.note(key, at: moment)
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
}
