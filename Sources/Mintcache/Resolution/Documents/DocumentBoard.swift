import Caching
import EventLoops
import Tokens
import UpstreamFetching

/// One fetch for each content, however many tokens lead to it. A fetch belongs to none of those who wait for it: it goes
/// on until its own deadline when their time is up.
///
/// Pinned to the fetch loop. Outlives reloads.
actor DocumentBoard {
    /// What makes one fetch stand for another.
    struct Key: Hashable, Sendable {
        /// ``TokenURI/canonical``.
        let content: String
        /// Whether the content's name determines its bytes.
        let isImmutable: Bool
        /// The gateway that is preferred.
        let gateway: String?
        /// What the asker holds.
        let conditions: SourceValidators
    }

    /// How a wait ended.
    enum Arrival: Sendable {
        case report(DocumentReport)
        /// The waiter's time was up.
        case late
        /// Too many wait already.
        case refused
    }

    private let loop: EventLoop
    private let metrics: Metrics
    /// A fetch, and how many purges there had been when it began: nobody who asks after a purge is told what may have
    /// been read before it.
    private struct Flight: Hashable {
        let key: Key
        let generation: UInt64
    }

    private var flights = Flights<Flight, Wait<Arrival>>()
    /// Of fetches that nobody waited for when they began.
    private var priorities: [Flight: UpstreamPriority] = [:]
    private var recent = RecentDocuments()
    private var generation: UInt64 = 0

    init(loop: EventLoop, metrics: Metrics) {
        self.loop = loop
        self.metrics = metrics
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Starts anew: what was fetched, or is being fetched, is for nobody who asks from now on.
    func forget() {
        generation += 1
        recent = RecentDocuments()
    }

    /// What a fetch for the key brings: one under way, one a short while ago, or a new one.
    func arrival(
        of key: Key, by deadline: MonotonicTime, fetching: @escaping @Sendable () async -> DocumentReport
    ) async -> Arrival {
        if let finding = recent[key.content] {
            metrics.documentReads.count(.recent)
            return .report(DocumentReport(finding: finding, trace: ResolutionTrace()))
        }
        let wait = Wait<Arrival>()
        let flight = Flight(key: key, generation: generation)
        let ticket: Flights<Flight, Wait<Arrival>>.Ticket
        switch flights.join(flight, wait) {
        case .lead(let place):
            ticket = place
            metrics.documentReads.count(.fetched)
            start(flight, fetching)
        case .follow(let place):
            ticket = place
            metrics.documentReads.count(.shared)
            priorities[flight]?.raiseWithCurrent()
        case .refused:
            return .refused
        }
        let timer = loop.schedule(at: deadline) { wait.resume(.late) }
        let arrival = await wait.value(ifCancelled: .late)
        timer.cancel()
        _ = flights.remove(ticket)
        return arrival
    }

    private func start(_ flight: Flight, _ fetching: @escaping @Sendable () async -> DocumentReport) {
        let priority = UpstreamPriority.forPart()
        priorities[flight] = priority
        Task(executorPreference: loop) {
            await UpstreamPriority.$current.withValue(priority) { await self.fly(flight, fetching) }
        }
    }

    private func fly(_ flight: Flight, _ fetching: @Sendable () async -> DocumentReport) async {
        let report = await fetching()
        let key = flight.key
        priorities[flight] = nil
        if key.isImmutable, flight.generation == generation { recent.remember(report.finding, of: key.content) }
        for wait in flights.finish(flight) { wait.resume(.report(report)) }
    }
}
