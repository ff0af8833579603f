import Caching
import EventLoops

/// One listener's progress through the stream of announcements.
actor FleetListener {
    typealias Statistics = RedisFleetChannel.Statistics

    private enum Standing {
        case beginning
        case hearing
        case lost
    }

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let stream: FleetStream
    private let retryPause: Duration
    private let bound: Duration
    private let note: @Sendable (@escaping @Sendable (inout Statistics) -> Void) -> Void
    private let hear: @Sendable (FleetEvent) -> Void
    private let pause: InterruptiblePause
    /// The last entry heard; nil until the stream's end was looked up.
    private var position: String?
    /// Whether what was between the last entry heard and the place to go on from was missed.
    private var hasMissed = false
    private var standing = Standing.beginning
    private var isStopped = false
    private var silence: LoopTimer?

    /// - Parameters:
    ///   - bound: how long after a sign of life everything counts as heard.
    ///   - note: changes the channel's statistics, on the loop.
    init(
        _ stream: FleetStream, pause retryPause: Duration, vouchesFor bound: Duration, on loop: EventLoop,
        note: @escaping @Sendable (@escaping @Sendable (inout Statistics) -> Void) -> Void,
        hear: @escaping @Sendable (FleetEvent) -> Void
    ) {
        self.stream = stream
        self.retryPause = retryPause
        self.bound = bound
        self.loop = loop
        self.note = note
        self.hear = hear
        pause = InterruptiblePause(on: loop)
    }

    /// Listens until ``stop()`` is called.
    func run() async {
        awaitSilence()
        while !isStopped {
            do throws(StoreError) {
                try await step()
            } catch {
                if isStopped { break }
                note { $0.fault = error }
                await pause.wait(retryPause)
            }
        }
        silence?.cancel()
    }

    func stop() {
        isStopped = true
        pause.interrupt()
        // Ends the look under way.
        stream.client.assumeIsolated { $0.reset() }
    }

    /// One look, or the search for a place to begin.
    private func step() async throws(StoreError) {
        guard let position else {
            self.position = try await stream.end()
            if hasMissed { tellGap() }
            return vouch()
        }
        let look = try await stream.look(after: position)
        if isStopped { return }
        guard look.isComplete || !look.entries.isEmpty else {
            // A new place to begin is needed. The gap is told only then: what comes before it is missed, too.
            hasMissed = true
            self.position = nil
            return
        }
        if !look.isComplete { tellGap() }
        vouch()
        for entry in look.entries { deliver(entry) }
    }

    private func tellGap() {
        hasMissed = false
        note { $0.gaps += 1 }
        hear(.gap)
    }

    private func deliver(_ entry: FleetStream.Entry) {
        position = entry.identifier
        guard let announcement = entry.announcement else { return note { $0.unknown += 1 } }
        note { $0.heard += 1 }
        hear(.announced(announcement))
    }

    /// Everything up to now has been heard, but for what comes at once.
    private func vouch() {
        note { $0.fault = nil }
        awaitSilence()
        if standing == .hearing { return }
        standing = .hearing
        hear(.caughtUp)
    }

    private func awaitSilence() {
        silence?.cancel()
        silence = loop.schedule(after: bound) { [weak self] in
            self?.assumeIsolated { $0.lose() }
        }
    }

    private func lose() {
        guard standing != .lost, !isStopped else { return }
        standing = .lost
        note { $0.losses += 1 }
        hear(.lost)
    }
}
