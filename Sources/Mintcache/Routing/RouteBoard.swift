import Caching
import EventLoops
import HTTPCaching
import UpstreamFetching

/// Everything on routes that is not a hit in memory: one fetch for all who ask for the same, through the tiers to the
/// upstream and back. A fetch that may be stored belongs to none of its clients and ends by filling the caches though
/// all of them have left.
///
/// Pinned to the fetch loop.
actor RouteBoard {
    /// One who waits for the head of an answer.
    struct Waiter: Sendable {
        let request: RouteRequest
        let isCollapsed: Bool
        let resume: @Sendable (RouteNews) -> Void
    }

    /// How often a request that shared a fetch looks again when what came was not for it.
    private static let rounds = 4

    let loop: EventLoop
    let time: TimeSource
    let store: RouteStore
    let metrics: Metrics
    private(set) var client: UpstreamClient
    /// Tells the other instances what an unsafe request has changed; nil when there are none.
    let announcer: InvalidationAnnouncer?
    /// Where nobody can know the keys of what it has changed.
    let orders: PurgeOrders
    private var flights = Flights<RouteFlightKey, Waiter>()
    private var tickets: [RouteRequest.Identifier: Flights<RouteFlightKey, Waiter>.Ticket] = [:]
    /// Fetches for one client, to be ended when it leaves.
    private var tasks: [RouteFlightKey: Task<Void, Never>] = [:]
    /// Answers whose bodies are on their way, for those who come while they are held from the first octet on.
    var flowing: [RouteFlightKey: (fetch: RouteFetch, answer: FlowingAnswer)] = [:]
    /// Fetches behind answers that were sent stale.
    private var refreshing: Set<RouteFlightKey> = []
    private var uncacheable = RememberedUncacheable()
    private(set) var lastFetch: UInt64 = 0
    /// The fetches under way for each key, and up to which of them what they bring is no longer true.
    var underWay: [[UInt8]: (count: Int, outdated: UInt64, spared: UInt64)] = [:]

    init(
        loop: EventLoop, store: RouteStore, time: TimeSource, metrics: Metrics, client: UpstreamClient,
        channel: (any FleetChannel)? = nil, instance: String = "", purges: (any FleetPurges)? = nil
    ) {
        orders = PurgeOrders(fleet: purges, book: store.purges, time: time, metrics: metrics)
        announcer = channel.map { InvalidationAnnouncer(channel: $0, instance: instance, metrics: metrics) }
        self.loop = loop
        self.store = store
        self.time = time
        self.metrics = metrics
        self.client = client
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Takes what a reload changed. Fetches under way end by the old rules.
    func equip(_ client: UpstreamClient) {
        self.client = client
    }

    /// Fetches under way, and everybody who waits for their heads.
    var load: (flights: Int, waiters: Int) { (flights.count, flights.waiterCount) }

    // MARK: Answering

    /// Answers a request that memory could not. Any task.
    func answer(_ request: RouteRequest) async -> RouteAnswer {
        guard request.way == .cached else { return conclude(request, await ride(.alone(request), request)) }
        if request.facts.cacheControl.onlyIfCached, request.honoursDirectives {
            return await answerFromTiers(request) ?? .problem(.notCached, nil)
        }
        var isRetry = false
        for _ in 0..<Self.rounds {
            guard request.isShareable, !isUncacheable(request) else { break }
            let key = flightKey(of: request)
            // What is being refreshed may be sent stale meanwhile.
            if refreshing.contains(key), let answer = await answerFromTiers(request) { return answer }
            let news = await ride(key, request, isRetry: isRetry)
            switch news {
            case .again: isRetry = true
            case .alone: return conclude(request, await ride(.alone(request), request))
            case .landing, .flowing, .refused, .timedOut, .left: return conclude(request, news)
            }
        }
        return conclude(request, await ride(.alone(request), request))
    }

    /// From what is stored alone, as far as it may be used.
    private func answerFromTiers(_ request: RouteRequest) async -> RouteAnswer? {
        guard let found = await store.look(for: request).variant, isUsable(found.response, for: request) else {
            return nil
        }
        return conclude(request, .landing(.held(found), .init(reason: .uriMiss, isCollapsed: false)))
    }

    private func isUsable(_ response: CachedResponse, for request: RouteRequest) -> Bool {
        guard request.isAnswered(by: response) else { return false }
        return
            switch response.head.reuse(for: request.facts, honouringDirectives: request.honoursDirectives, at: time.now)
        {
        case .fresh, .staleWhileRevalidate, .staleOnRequest: true
        case .mustForward: false
        }
    }

    private func flightKey(of request: RouteRequest) -> RouteFlightKey {
        .shared(
            request, variant: store.variantKey(of: request),
            generation: (underWay[request.key]?.outdated ?? 0, store.purges.lastPurge(of: request)))
    }

    // MARK: Waiting

    /// Boards the fetch for a key, starting it when there is none, and waits for its news, the deadline, or the
    /// client's leaving.
    private func ride(_ key: RouteFlightKey, _ request: RouteRequest, isRetry: Bool = false) async -> RouteNews {
        if let news = readAlong(key, request) { return news }
        let identifier = request.identifier
        let timer = loop.schedule(at: request.deadline) { [weak self] in
            self?.assumeIsolated { $0.dismiss(identifier, .timedOut) }
        }
        let news = await withCheckedContinuation { continuation in
            let isCollapsed = flights.isUnderWay(key)
            let waiter = Waiter(request: request, isCollapsed: isCollapsed) { continuation.resume(returning: $0) }
            switch flights.join(key, waiter) {
            case .lead(let ticket):
                tickets[identifier] = ticket
                start(key, request, .answer(isRetry: isRetry))
            case .follow(let ticket):
                tickets[identifier] = ticket
                metrics.collapsedRequests.increment()
            case .refused(let full):
                metrics.refusedWaiters.increment()
                continuation.resume(returning: .refused(Bottleneck(full)))
            }
        }
        timer.cancel()
        return news
    }

    /// Joins those who read a body that is on its way.
    private func readAlong(_ key: RouteFlightKey, _ request: RouteRequest) -> RouteNews? {
        guard let (fetch, answer) = flowing[key], answer.head.variant.matches(request.fields),
            !isPurged(answer.head, of: fetch), let reader = answer.relay.assumeIsolated({ $0.reader() })
        else { return nil }
        metrics.collapsedRequests.increment()
        return .flowing(answer, reader, .init(reason: fetch.reason, isCollapsed: true))
    }

    /// Ends one request's wait. Unknown and already served ones are ignored. A fetch that nobody waits for goes on only
    /// when others may profit from it.
    func dismiss(_ identifier: RouteRequest.Identifier, _ news: RouteNews = .left) {
        guard let ticket = tickets.removeValue(forKey: identifier), let waiter = flights.remove(ticket) else { return }
        if !ticket.key.isShared { tasks[ticket.key]?.cancel() }
        waiter.resume(news)
    }

    /// Fetches anew what was sent stale, unless that is under way.
    func refresh(_ asked: RouteRequest) {
        let request = asked.refreshing
        let key = flightKey(of: request)
        guard flowing[key] == nil, flights.begin(key) else { return }
        metrics.refreshes.increment()
        refreshing.insert(key)
        start(key, request, .refresh)
    }

    // MARK: Fetching

    private func start(_ key: RouteFlightKey, _ request: RouteRequest, _ purpose: RouteFetch.Purpose) {
        metrics.flights.increment()
        lastFetch += 1
        underWay[request.key, default: (0, 0, 0)].count += 1
        let fetch = RouteFetch(
            number: lastFetch, key: key, request: request, purpose: purpose, purgeSequence: store.purges.sequence)
        let task = Task(executorPreference: loop) {
            await self.run(fetch)
            await self.ended(fetch)
        }
        if !key.isShared { tasks[key] = task }
    }

    private func ended(_ fetch: RouteFetch) {
        tasks[fetch.key] = nil
        if fetch.purpose == .refresh { refreshing.remove(fetch.key) }
        if flowing[fetch.key]?.fetch.number == fetch.number { flowing[fetch.key] = nil }
        underWay[fetch.request.key]?.count -= 1
        if underWay[fetch.request.key]?.count == 0 { underWay[fetch.request.key] = nil }
    }

    // MARK: What fetches report

    /// Tells everybody who waits the same. Whom the response does not suit is to look again.
    func land(_ fetch: RouteFetch, _ landing: RouteLanding) {
        let isPurged = landing.head.map { self.isPurged($0, of: fetch) } ?? false
        for waiter in disembark(fetch.key) {
            let suits = !isPurged && suits(landing, waiter.request)
            waiter.resume(suits || !waiter.isCollapsed ? .landing(landing, waiter.boarding(fetch)) : .again)
        }
    }

    private func suits(_ landing: RouteLanding, _ request: RouteRequest) -> Bool {
        // One client may have agreed to more staleness than another.
        if case .held(let found) = landing, !isUsable(found.response, for: request) { return false }
        return landing.head.map { $0.variant.matches(request.fields) } ?? true
    }

    /// Lets everybody whom it suits read along.
    func land(_ fetch: RouteFetch, _ answer: FlowingAnswer) {
        if answer.refusal == nil { flowing[fetch.key] = (fetch, answer) }
        let isPurged = isPurged(answer.head, of: fetch)
        for waiter in disembark(fetch.key) {
            let suits = !waiter.isCollapsed || !isPurged && answer.head.variant.matches(waiter.request.fields)
            if suits, let reader = answer.relay.assumeIsolated({ $0.reader() }) {
                waiter.resume(.flowing(answer, reader, waiter.boarding(fetch)))
            } else {
                waiter.resume(.again)
            }
        }
        answer.relay.assumeIsolated { $0.release() }
    }

    /// Gives what came to the one who asked for it first; the others hear `news`.
    func landForOne(_ fetch: RouteFetch, _ landing: RouteLanding, others news: RouteNews) {
        for waiter in disembark(fetch.key) {
            // Who joined later is never the one, though all before may have left.
            guard !waiter.isCollapsed else {
                waiter.resume(news)
                continue
            }
            let boarding = RouteNews.Boarding(reason: fetch.reason, isCollapsed: false)
            if case .flowing(let answer) = landing {
                let reader = answer.relay.assumeIsolated { $0.reader() }
                waiter.resume(reader.map { .flowing(answer, $0, boarding) } ?? .again)
            } else {
                waiter.resume(.landing(landing, boarding))
            }
        }
        if case .flowing(let answer) = landing { answer.relay.assumeIsolated { $0.release() } }
    }

    private func disembark(_ key: RouteFlightKey) -> [Waiter] {
        let waiters = flights.finish(key)
        for waiter in waiters { tickets[waiter.request.identifier] = nil }
        return waiters
    }

    func remembersAsUncacheable(_ request: RouteRequest) {
        uncacheable.remember(request.key, at: time.now)
    }

    func isUncacheable(_ request: RouteRequest) -> Bool {
        uncacheable.contains(request.key, at: time.now)
    }

    func forgetsAsUncacheable(_ request: RouteRequest) {
        uncacheable.forget(request.key)
    }

    /// Whether a purge has come since a fetch began that concerns what it brings, perhaps by its tags: that is not for
    /// those who asked afterwards.
    private func isPurged(_ head: StoredHead, of fetch: RouteFetch) -> Bool {
        let origin = PurgeOrigin(sequence: fetch.purgeSequence, fetchedAt: head.responseTime)
        return store.purges.verdict(on: head.fields, for: fetch.request, origin) == .void
    }

    /// Whether what a fetch brings may still be stored.
    func isCurrent(_ fetch: RouteFetch) -> Bool {
        guard store.purges.lastPurge(of: fetch.request) <= fetch.purgeSequence else { return false }
        guard let state = underWay[fetch.request.key] else { return true }
        return fetch.number > state.outdated || fetch.number == state.spared
    }

    // MARK: Conclusions

    private func conclude(_ request: RouteRequest, _ news: RouteNews) -> RouteAnswer {
        let conclusion = RouteConclusion(request: request, now: time.now)
        switch news {
        case .landing(let landing, let boarding):
            return conclusion.answer(landing, boarding)
        case .flowing(let answer, let reader, let boarding):
            return conclusion.answer(answer, reader, boarding)
        case .refused(let full):
            return .problem(.overloaded(full), .forwarded(.miss, status: nil))
        case .timedOut:
            metrics.timedOutRequests.increment()
            return conclusion.standIn(store.lastKnown(for: request))
                ?? .problem(.timedOut, .forwarded(.miss, status: nil))
        case .left, .again, .alone:
            return .nobody
        }
    }
}

extension RouteBoard.Waiter {
    fileprivate func boarding(_ fetch: RouteFetch) -> RouteNews.Boarding {
        RouteNews.Boarding(reason: fetch.reason, isCollapsed: isCollapsed)
    }
}
