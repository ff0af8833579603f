import Caching
import EventLoops

/// What is heard of other instances' fetches, and who waits for it: one flight for each subject.
///
/// Pinned to the fetch loop.
actor FleetNews {
    /// What ends a wait.
    enum News: Sendable, Hashable {
        case ended(FetchOutcome)
        /// Something may have been missed.
        case missed
        /// Nothing can be heard any more.
        case cutOff
        /// Nothing was heard in time.
        case overdue
    }

    private let loop: EventLoop
    private var waits: [FleetSubject: Wait<News>] = [:]
    /// Whether whoever waits now hears in time what there is to hear.
    private(set) var isListening = false

    init(loop: EventLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Begins to listen for news of a subject, so that those that come before the wait itself are not missed either.
    func expect(_ subject: FleetSubject) -> Wait<News> {
        let wait = Wait<News>()
        waits[subject] = wait
        return wait
    }

    /// The news that a wait ends with.
    func news(_ wait: Wait<News>, within limit: Duration) async -> News {
        let timer = loop.schedule(after: limit) { wait.resume(.overdue) }
        defer { timer.cancel() }
        return await wait.value(ifCancelled: .cutOff)
    }

    /// Nobody waits for news of a subject any more.
    func forget(_ subject: FleetSubject) {
        waits[subject] = nil
    }

    func hear(_ event: FleetEvent) {
        switch event {
        case .announced(.landed(let subject, let outcome)):
            waits[subject]?.resume(.ended(outcome))
        case .announced:
            break
        case .caughtUp:
            isListening = true
        case .gap:
            for wait in waits.values { wait.resume(.missed) }
        case .lost:
            isListening = false
            for wait in waits.values { wait.resume(.cutOff) }
        }
    }
}
