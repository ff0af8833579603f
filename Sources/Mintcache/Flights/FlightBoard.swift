import Caching
import EventLoops
import HTTPCaching
import Tokens

/// Everything that is not a hit in memory: one flight per token in the process, through the tiers to the sources and
/// back. A flight belongs to none of its waiters; it ends by filling the caches though all of them have left.
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
    }

    /// What a reload may change.
    struct Equipment: Sendable {
        var resolver: any TokenResolving
        var placeholders: PlaceholderDetector
        var renderer: AnswerRenderer
        var rules: Rules
    }

    private let loop: EventLoop
    private let memory: MemoryCache
    private let time: TimeSource
    private let search: TierSearch
    private let keeper: RecordKeeper
    private let metrics: Metrics
    private let updates: FlightUpdates
    private var equipment: Equipment
    private var room = WaitingRoom<TokenReference>()
    private var setbacks = Setbacks<TokenReference>()
    /// Tokens to be renewed once more as soon as their flights have ended.
    private var renewals: Set<TokenReference> = []
    /// Good copies of tokens whose sources are being asked: for waiters whose deadline passes meanwhile.
    private var standIns: [TokenReference: FoundRecord] = [:]

    init(
        loop: EventLoop, memory: MemoryCache, time: TimeSource, stores: TierSearch.Stores, keeper: RecordKeeper,
        metrics: Metrics, updates: FlightUpdates = FlightUpdates(), equipment: Equipment
    ) {
        self.loop = loop
        self.memory = memory
        self.time = time
        search = TierSearch(memory: memory, time: time, stores: stores, metrics: metrics, marks: updates.marks)
        self.keeper = keeper
        self.metrics = metrics
        self.updates = updates
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
        if purpose == .answer, let found = standIns[reference], found.freshness == .staleWhileRevalidate {
            return serve(waiter, found, of: reference)
        }
        switch room.join(reference, waiter) {
        case .lead:
            start(reference, purpose)
        case .follow:
            metrics.collapsedRequests.increment()
        case .refused:
            metrics.refusedWaiters.increment()
            let entry = equipment.renderer.entry(
                for: .overloaded, of: reference, as: waiter.representation, now: time.now)
            FlightWaiter.serve([
                (waiter, Delivery(entry: entry, status: .forwarded(.uriMiss, status: nil), problem: .overloaded))
            ])
        }
    }

    /// Ends the wait of one whose deadline has passed: with the copy held, when that may stand in for a failure, else
    /// with the news. The flight goes on.
    func expire(_ reference: TokenReference, _ waiter: FlightWaiter) {
        guard room.remove(waiter.identifier) else { return }
        guard let found = standIns[reference] ?? search.goodCopyInMemory(of: reference, by: equipment.rules) else {
            let entry = equipment.renderer.entry(
                for: .timedOut, of: reference, as: waiter.representation, now: time.now)
            return FlightWaiter.serve([
                (waiter, Delivery(entry: entry, status: .forwarded(.uriMiss, status: nil), problem: .timedOut))
            ])
        }
        metrics.staleIfError.increment()
        serve(waiter, found, of: reference)
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

    /// The token as soon as it is there, or what there is of it when the time is up; the flight then goes on. Any task.
    /// With `isRefresh` the sources are asked though a tier holds a fresh copy.
    func delivery(
        of reference: TokenReference, as representation: TokenRepresentation, isRefresh: Bool = false,
        within limit: Duration? = nil
    ) async -> Delivery {
        await withCheckedContinuation { continuation in
            let waiter = FlightWaiter(representation: representation, loop: loop) { continuation.resume(returning: $0) }
            join(reference, waiter, leading: isRefresh ? .renewal : .answer)
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
        guard let found = await cachedCopy(of: reference) else { return nil }
        let landing = Landing.held(found)
        let prepared = await prepare(landing)
        // In memory a stale copy would keep the sources from being asked for a while, and nobody is asking them.
        let entry =
            found.freshness == .fresh
            ? render(reference, landing, as: representation, prepared)
            : prepared[representation] ?? equipment.renderer.entry(for: landing, as: representation, now: time.now)
        return entry.map { Delivery(entry: $0, status: status(of: landing, $0, isCollapsed: false)) }
    }

    /// Fetches a stale token anew, unless that is under way or another instance has done it.
    func refresh(_ reference: TokenReference) {
        begin(reference, .revalidation)
    }

    /// Shows what memory holds of a token as the stale copy that an event has made of it, and fetches the token anew: who
    /// asks meanwhile need not wait. Memory forgets what is no document, which nobody wants to have stale.
    func renewOutdated(_ reference: TokenReference) {
        for representation in TokenRepresentation.allCases {
            guard let held = search.held(reference, representation), let record = held.record,
                updates.marks.isOutdated(record)
            else { continue }
            if record.outcome == .document {
                render(reference, .held(record, tier: held.tier, isStale: true), as: representation)
            } else {
                EntryKey.bytes(reference, representation).withUnsafeBytes { _ = memory.remove(forKey: $0) }
            }
        }
        refresh(reference)
    }

    /// Asks the sources for a token though a tier holds a fresh copy.
    ///
    /// - Parameter again: whether to ask them once more when a flight is under way: it may have asked them before there
    ///   was a reason to.
    @discardableResult
    func renew(_ reference: TokenReference, again: Bool = false) -> Renewal {
        if begin(reference, .renewal) { return .started }
        guard room.isUnderWay(reference) else { return .refused }
        if again { renewals.insert(reference) }
        return .queued
    }

    @discardableResult
    private func begin(_ reference: TokenReference, _ purpose: FlightPurpose) -> Bool {
        guard room.begin(reference) else { return false }
        metrics.refreshes.increment()
        start(reference, purpose)
        return true
    }

    // MARK: Flying

    private func start(_ reference: TokenReference, _ purpose: FlightPurpose) {
        metrics.flights.increment()
        Task(executorPreference: loop) { await self.fly(reference, purpose) }
    }

    private func fly(_ reference: TokenReference, _ purpose: FlightPurpose) async {
        let collection = CollectionKey(reference)
        updates.contracts.enter(collection)
        defer { updates.contracts.leave(collection) }
        let beginning = updates.marks.sequence
        let setback = purpose == .renewal ? nil : setbacks.current(for: reference, at: time.now)
        // Another flight may have failed between this request's miss and its turn.
        if let problem = setback?.problem { return await land(reference, .problem(problem)) }
        let found = await search.look(for: reference, by: equipment.rules)
        if let found, purpose != .renewal {
            switch found.freshness {
            case .fresh:
                return await land(reference, .held(found))
            case .staleWhileRevalidate where purpose == .answer:
                await land(reference, .held(found))
                return refresh(reference)
            case .staleWhileRevalidate, .staleIfError, .expired:
                break
            }
        }
        if let found, found.isGoodCopy {
            // Its sources failed a short while ago; they are left alone until their time is up.
            if setback != nil { return await land(reference, .held(found)) }
            standIns[reference] = found
        }
        let resolver = equipment.resolver
        do throws(Problem) {
            let isRenewal = purpose == .renewal
            switch try await resolver.resolve(reference, holding: found?.record, isRenewal: isRenewal) {
            case .fetched(let record):
                await arrive(reference, with: updates.dated(record, since: beginning), instead: found)
            case .archived(let record): await stepIn(reference, with: record)
            }
        } catch {
            await fail(reference, error, holding: found)
        }
    }

    /// A failure never replaces a good copy, and neither does an answer that there is nothing.
    private func arrive(_ reference: TokenReference, with record: TokenRecord, instead found: FoundRecord?) async {
        metrics.count(record.outcome)
        if record.outcome != .document, let found, found.isGoodCopy {
            setBack(reference, nil)
            return await land(reference, .held(found))
        }
        setbacks.forget(reference)
        await keeper.keep(record)
        await land(reference, .fetched(record))
        // Tokens that came with the same placeholder before it was known for one.
        for suspect in equipment.placeholders.takeSuspects() { renew(suspect) }
    }

    /// The archive's copy is sent in place of a new one. It is not stored again, and the sources are asked again as soon
    /// as after a failure.
    private func stepIn(_ reference: TokenReference, with record: TokenRecord) async {
        metrics.staleIfError.increment()
        setBack(reference, nil)
        let isStale = record.freshUntil <= time.now || updates.marks.isOutdated(record)
        await land(reference, .held(record, tier: .archive, isStale: isStale))
    }

    private func fail(_ reference: TokenReference, _ problem: Problem, holding found: FoundRecord?) async {
        metrics.failedFlights.increment()
        if let found, found.isGoodCopy {
            metrics.staleIfError.increment()
            setBack(reference, nil)
            await land(reference, .held(found))
        } else {
            // Our own overload is over sooner than a failure is forgotten.
            if problem.status != 503 { setBack(reference, problem) }
            await land(reference, .problem(problem))
        }
    }

    private func setBack(_ reference: TokenReference, _ problem: Problem?) {
        let now = time.now
        let repetitions = setbacks.repetitions(for: reference, at: now)
        let digest = reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) }
        let until = equipment.rules.lifetimes.freshUntil(
            fetchedAt: now, outcome: .failure, repetitions: repetitions, digest: digest)
        setbacks.remember(.init(problem: problem, until: until, repetitions: repetitions), for: reference, at: now)
    }

    // MARK: Landing

    /// Ends the flight: memory is filled and everybody who waits is served, in one visit to each loop.
    private func land(_ reference: TokenReference, _ brought: Landing) async {
        var prepared = await prepare(brought)
        var landing = brought
        if let stale = updates.overtaken(brought) {
            (landing, prepared) = (stale, [:])
            renewals.insert(reference)
        }
        if landing.record?.outcome == .document { updates.contracts.hold(CollectionKey(reference)) }
        let aboard = room.finish(reference)
        standIns[reference] = nil
        var entries: [TokenRepresentation: CacheEntry] = [:]
        var served: [(waiter: FlightWaiter, delivery: Delivery)] = []
        for place in aboard {
            let representation = place.waiter.representation
            let entry = entries[representation] ?? render(reference, landing, as: representation, prepared)
            entries[representation] = entry
            let status = status(of: landing, entry, isCollapsed: place.isCollapsed)
            served.append((place.waiter, Delivery(entry: entry, status: status, problem: landing.problem)))
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
    private func prepare(_ landing: Landing) async -> [TokenRepresentation: CacheEntry] {
        guard let record = landing.record, LargeDocument.isLarge(record.document) else { return [:] }
        let (renderer, now) = (equipment.renderer, time.now)
        return await Task.detached {
            let entries = TokenRepresentation.allCases.map { ($0, renderer.entry(for: landing, as: $0, now: now)) }
            return Dictionary(entries.compactMap { key, entry in entry.map { (key, $0) } }) { first, _ in first }
        }.value
    }

    @discardableResult
    private func render(
        _ reference: TokenReference, _ landing: Landing, as representation: TokenRepresentation,
        _ prepared: [TokenRepresentation: CacheEntry] = [:]
    ) -> CacheEntry {
        let now = time.now
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
        if entry.answer.status != 503 { memory.insert(entry) }
        return entry
    }

    private func status(of landing: Landing, _ entry: CacheEntry, isCollapsed: Bool) -> CacheStatus {
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
