import Caching
import EventLoops
import Tokens

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
    private var flights = Flights<Key, Wait<Arrival>>()
    private var recent = RecentDocuments()

    init(loop: EventLoop, metrics: Metrics) {
        self.loop = loop
        self.metrics = metrics
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// What a fetch for the key brings: one under way, one a short while ago, or a new one.
    func arrival(
        of key: Key, by deadline: MonotonicTime, fetching: @escaping @Sendable () async -> DocumentReport
    ) async -> Arrival {
        if let finding = recent[key.content] {
            metrics.documentReads.count(.recent)
            return .report(DocumentReport(finding: finding, trace: ResolutionTrace()))
        }
        let wait = Wait<Arrival>()
        let ticket: Flights<Key, Wait<Arrival>>.Ticket
        switch flights.join(key, wait) {
        case .lead(let place):
            ticket = place
            metrics.documentReads.count(.fetched)
            Task(executorPreference: loop) { await self.fly(key, fetching) }
        case .follow(let place):
            ticket = place
            metrics.documentReads.count(.shared)
        case .refused:
            return .refused
        }
        let timer = loop.schedule(at: deadline) { wait.resume(.late) }
        let arrival = await wait.value(ifCancelled: .late)
        timer.cancel()
        _ = flights.remove(ticket)
        return arrival
    }

    private func fly(_ key: Key, _ fetching: @Sendable () async -> DocumentReport) async {
        let report = await fetching()
        if key.isImmutable { recent.remember(report.finding, of: key.content) }
        for wait in flights.finish(key) { wait.resume(.report(report)) }
    }
}
