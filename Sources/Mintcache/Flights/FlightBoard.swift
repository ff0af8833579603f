import Caching
import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// Everything that is not a hit in memory: one flight per token in the process, through the tiers to the sources and
/// back, and of the flights of all instances one at a time that asks the sources. A flight belongs to none of its
/// waiters; it ends by filling the caches though all of them have left.
///
/// Pinned to the fetch loop.
actor FlightBoard: WaitingBoard {
    struct Rules: Sendable {
        var staleness: StalenessPolicy
        /// How long failures are remembered.
        var lifetimes: LifetimePolicy
        /// The least time in milliseconds between two attempts to renew a copy in memory.
        var errorTTL: Int64
        /// How long to wait for each store.
        var redisTimeout: Duration
        var archiveTimeout: Duration
        /// How long a fetch may take.
        var fetchTimeout: Duration
    }

    /// What a reload may change.
    struct Equipment: Sendable {
        var resolver: any TokenResolving
        var placeholders: PlaceholderDetector
        var renderer: AnswerRenderer
        var rules: Rules
    }

    let loop: EventLoop
    let memory: MemoryCache
    let time: TimeSource
    let search: TierSearch
    let keeper: RecordKeeper
    let metrics: Metrics
    let updates: FlightUpdates
    /// Whose turn it is to fetch; `nil` without a store that instances share.
    let fleet: FleetFetches?
    let observer: FlightObserver
    var equipment: Equipment
    var room = WaitingRoom<TokenReference>()
    var setbacks = Setbacks<TokenReference>()
    var lookups = Lookups<TokenReference>()
    /// Tokens to be renewed once more as soon as their flights have ended.
    var renewals: Set<TokenReference> = []
    /// Tokens whose flights under way ask the sources, whatever the tiers hold.
    var renewing: Set<TokenReference> = []
    /// Of flights that nobody waited for when they began.
    var priorities: [TokenReference: UpstreamPriority] = [:]
    /// Good copies of tokens whose sources are being asked: for waiters whose deadline passes meanwhile.
    var standIns: [TokenReference: FoundRecord] = [:]

    init(
        loop: EventLoop, memory: MemoryCache, time: TimeSource, stores: TierSearch.Stores, keeper: RecordKeeper,
        metrics: Metrics, updates: FlightUpdates = FlightUpdates(), fleet: FleetFetches? = nil,
        observer: FlightObserver, equipment: Equipment
    ) {
        self.loop = loop
        self.memory = memory
        self.time = time
        search = TierSearch(
            memory: memory, time: time, stores: stores, metrics: metrics, marks: updates.marks,
            purges: updates.purges)
        self.keeper = keeper
        self.metrics = metrics
        self.updates = updates
        self.fleet = fleet
        self.observer = observer
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

    /// Joins the flight for a token, starting one when there is none. Past the limits the waiter is told so at once.
    /// Who comes while a copy that may be sent in the meantime is being fetched anew gets that copy at once.
    func join(_ reference: TokenReference, _ waiter: FlightWaiter) {
        join(reference, waiter, leading: .answer)
    }

    /// - Parameter purpose: of the flight, when there is none yet.
    private func join(_ reference: TokenReference, _ waiter: FlightWaiter, leading purpose: FlightPurpose) {
        if purpose == .answer, let found = standIn(for: reference), found.freshness == .staleWhileRevalidate {
            return serve(waiter, found, of: reference)
        }
        switch room.join(reference, waiter) {
        case .lead:
            start(reference, purpose, for: waiter.trace)
        case .follow:
            metrics.collapsedRequests.increment()
            priorities[reference]?.raiseWithCurrent()
        case .refused(let full):
            metrics.refusedWaiters.increment()
            let problem = Problem.overloaded(full)
            let entry = equipment.renderer.entry(
                for: problem, of: reference, as: waiter.representation, now: time.now)
            FlightWaiter.serve([
                (waiter, Delivery(entry: entry, status: .forwarded(.uriMiss, status: nil), problem: problem))
            ])
        }
    }

    /// Ends the wait of one whose deadline has passed: with the copy held, when that may stand in for a failure, else
    /// with the news. The flight goes on.
    func expire(_ reference: TokenReference, _ waiter: FlightWaiter) {
        guard room.remove(waiter.identifier) else { return }
        guard let found = standIn(for: reference) ?? search.goodCopyInMemory(of: reference, by: equipment.rules) else {
            let entry = equipment.renderer.entry(
                for: .timedOut, of: reference, as: waiter.representation, now: time.now)
            return FlightWaiter.serve([
                (waiter, Delivery(entry: entry, status: .forwarded(.uriMiss, status: nil), problem: .timedOut))
            ])
        }
        metrics.staleIfError.increment()
        serve(waiter, found, of: reference)
    }

    /// A copy that may be sent while the sources are asked, unless it was purged meanwhile.
    private func standIn(for reference: TokenReference) -> FoundRecord? {
        standIns[reference].flatMap { updates.isVoid(.held($0)) ? nil : $0 }
    }

    private func serve(_ waiter: FlightWaiter, _ found: FoundRecord, of reference: TokenReference) {
        let landing = Landing.held(found)
        let entry = render(reference, landing, as: waiter.representation)
        FlightWaiter.serve([(waiter, Delivery(entry: entry, status: status(of: landing, entry, isCollapsed: false)))])
    }

    /// Stops waiting. Unknown and already served waiters are ignored.
    func leave(_ identifier: FlightWaiter.Identifier) {
        room.remove(identifier)
    }

    /// Calls back on the fetch loop when the flight for a token has ended; at once when none is under way.
    func whenLanded(_ reference: TokenReference, _ landed: @escaping @Sendable () -> Void) {
        guard room.isUnderWay(reference) else { return landed() }
        let waiter = FlightWaiter(representation: .object, loop: loop) { _ in landed() }
        if case .refused = room.join(reference, waiter) { landed() }
    }

    /// The token as soon as it is there, or what there is of it when the time is up; the flight then goes on. Any task.
    ///
    /// - Parameter purpose: of the flight, when there is none yet. A renewal is not content with a copy that was good enough
    ///   for a flight of another purpose, or that was overtaken by a change and is being fetched once more.
    func delivery(
        of reference: TokenReference, as representation: TokenRepresentation, for purpose: FlightPurpose = .answer,
        within limit: Duration? = nil
    ) async -> Delivery {
        let demandsMore = purpose == .renewal && room.isUnderWay(reference) && !renewing.contains(reference)
        let delivery = await landing(of: reference, as: representation, for: purpose, within: limit)
        guard purpose == .renewal, delivery.status.handling == .hit else { return delivery }
        guard demandsMore || renewing.contains(reference) else { return delivery }
        return await landing(of: reference, as: representation, for: purpose, within: limit)
    }

    private func landing(
        of reference: TokenReference, as representation: TokenRepresentation, for purpose: FlightPurpose,
        within limit: Duration?
    ) async -> Delivery {
        await withCheckedContinuation { continuation in
            let waiter = FlightWaiter(representation: representation, loop: loop) { continuation.resume(returning: $0) }
            join(reference, waiter, leading: purpose)
            if let limit {
                loop.schedule(after: limit) { self.assumeIsolated { $0.expire(reference, waiter) } }
            }
        }
    }

    /// The best copy that any tier holds, without asking a source: what `only-if-cached` may have. Nil when there is
    /// none that may be served.
    func cachedCopy(of reference: TokenReference) async -> FoundRecord? {
        let found = await search.look(for: reference, by: equipment.rules)
        return found.flatMap { $0.freshness == .expired ? nil : $0 }
    }

    /// What ``cachedCopy(of:)`` finds, ready to be sent.
    func cachedDelivery(of reference: TokenReference, as representation: TokenRepresentation) async -> Delivery? {
        lookups.begin(reference)
        defer { lookups.end(reference) }
        guard let found = await cachedCopy(of: reference) else { return nil }
        var landing = Landing.held(found)
        var prepared = await prepare(landing)
        if updates.isVoid(landing) { return nil }
        if let stale = updates.overtaken(landing) { (landing, prepared) = (stale, [:]) }
        // In memory a stale copy would keep the sources from being asked for a while, and nobody is asking them.
        let entry =
            landing.isFresh
            ? render(reference, landing, as: representation, prepared)
            : prepared[representation] ?? equipment.renderer.entry(for: landing, as: representation, now: time.now)
        return entry.map { Delivery(entry: $0, status: status(of: landing, $0, isCollapsed: false)) }
    }
}
