import Caching
import EventLoops
import HTTPCaching
import Tokens

/// This instance as one of those that share a Redis: it does as purges demand, forgets what others have fetched anew, and
/// says so. Without Redis it is the only one.
///
/// Memory is closed, so that nothing is answered from it without asking Redis, while Redis answers but announcements are
/// not heard in time. While Redis does not answer at all memory goes on by its own times.
///
/// Pinned to the fetch loop.
actor FleetMember {
    /// What instances know one another by.
    struct Links: Sendable {
        let channel: any FleetChannel
        let instances: any FleetInstances
        let purges: any FleetPurges
    }

    struct Timing: Sendable {
        /// How often this instance says that it lives.
        var beat = Duration.seconds(1)
        /// How long a purge waits for the others: longer than it takes to notice that one has died.
        var patience = Duration.seconds(7)
    }

    let name: String
    let links: Links?
    let tools: FleetTools
    let timing: Timing
    var living: Set<String> = []
    var acknowledgements = Acknowledgements()
    /// The last purge heard of; the last of which this and all before it were followed; the last for which the others
    /// know that.
    var heard: UInt64 = 0
    var followed: UInt64 = 0
    var told: UInt64 = 0
    /// Whether announcements are heard in time.
    var isHearing = false
    var gaps = 0
    /// Whether every purge up to now is known, but for those that are about to be heard.
    var isInformed = false
    /// ``PurgeMemory/generation`` when purges were read last.
    var generation: String?
    /// Whether Redis took the last sign of life.
    var isAnswered = true
    private var isBeating = false
    private var isBeatDue = false
    private var isStopped = false
    private var timer: LoopTimer?
    private var joining: [Wait<Void>] = []

    init(name: String, links: Links?, tools: FleetTools, timing: Timing = Timing()) {
        self.name = name
        self.links = links
        self.tools = tools
        self.timing = timing
        guard links != nil else { return }
        tools.memory.setClosed(true)
        tools.purges.knowledge = .pending
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { tools.loop.asUnownedSerialExecutor() }

    // MARK: Belonging

    /// Takes part until the task is cancelled.
    func run() async {
        guard let links else { return }
        beat()
        await links.channel.listen { [weak self, news = tools.news] event in
            self?.assumeIsolated { $0.hear(event) }
            news?.assumeIsolated { $0.hear(event) }
        }
        await tools.news?.hear(.lost)
    }

    /// Ends taking part, after the last answer, so that nobody waits for this instance.
    func leave() async {
        guard let links, !isStopped else { return }
        isStopped = true
        timer?.cancel()
        do throws(StoreError) {
            try await links.instances.leave(name)
        } catch {
            tools.log.info("the fleet was left without a word", ["reason": "\(error)"])
        }
    }

    /// Waits until this instance hears the others, or knows that it cannot, or the time is up.
    func join(within limit: Duration) async {
        guard links != nil, tools.memory.isClosed else { return }
        let wait = Wait<Void>()
        joining.append(wait)
        let timer = tools.loop.schedule(after: limit) { wait.resume(()) }
        await wait.value(ifCancelled: ())
        timer.cancel()
    }

    /// As statistics show it; nil without others.
    var report: FleetReport? {
        guard links != nil else { return nil }
        return FleetReport(
            name: name, living: living, isHearing: isHearing, knowsPurges: tools.purges.knowledge == .complete,
            purges: (tools.purges.count, tools.purges.sequence))
    }

    private func hear(_ event: FleetEvent) {
        if case .announced(let announcement) = event { tools.metrics.fleetNews.count(.init(announcement)) }
        switch event {
        case .announced(.purged(let mark)):
            follow(mark)
            heard = max(heard, mark.sequence)
            if isInformed {
                followed = max(followed, mark.sequence)
                Task(executorPreference: tools.loop) { await self.acknowledge() }
            }
        case .announced(.acknowledged(let sequence, let instance)):
            acknowledgements.note(sequence, by: instance)
        case .announced(.landed(.token(let reference), .stored(let moment))):
            tools.board.assumeIsolated { $0.noteLanding(of: reference, fetchedAt: moment) }
        case .announced(.landed(.contract(let chain, let contract), .stored(let moment))):
            let key = CollectionKey(chain: chain, contract: contract)
            tools.contracts.assumeIsolated { $0.noteLanding(of: key, fetchedAt: moment) }
        case .announced(.invalidated(let key, let instance, let isRepeated)):
            if instance != name {
                tools.routes.assumeIsolated { $0.noteInvalidation(of: key, isRepeated: isRepeated) }
            }
        case .announced(.landed):
            break
        case .caughtUp:
            isHearing = true
            tools.log.info("announcements of other instances are heard")
            beat()
        case .gap:
            gaps += 1
            tools.metrics.fleetGaps.increment()
            tools.memory.distrustAll()
            tools.routes.assumeIsolated { $0.doubtFetches() }
            isInformed = false
            tools.log.warning("announcements of other instances were missed; memory asks the stores again")
            beat()
        case .lost:
            isHearing = false
            tools.metrics.fleetLosses.increment()
            tools.log.warning("announcements of other instances are not heard in time")
            beat()
        }
    }

    /// Says that this instance lives, learns who else does, and what it may have missed.
    private func beat() {
        guard !isBeating, !isStopped else {
            isBeatDue = true
            return
        }
        isBeating = true
        isBeatDue = false
        timer?.cancel()
        Task(executorPreference: tools.loop) {
            await self.takePart()
            await self.beatLater()
        }
    }

    private func beatLater() {
        isBeating = false
        if isStopped { return }
        if isBeatDue { return beat() }
        timer = tools.loop.schedule(after: timing.beat) { [weak self] in self?.assumeIsolated { $0.beat() } }
    }

    private func takePart() async {
        guard let links else { return }
        let refusal = await learn(from: links)
        var hasLostPurges = false
        do throws(StoreError) {
            if followed > told { await acknowledge() }
            let pulse = try await links.instances.beat(as: name)
            living = pulse.living
            acknowledgements.adopt(living: living)
            isAnswered = true
            hasLostPurges = refusal == nil && hasLost(pulse)
        } catch {
            isAnswered = false
        }
        note(refusal)
        if hasLostPurges { await recover(from: links) }
        await settle(by: links)
        tools.memory.setClosed(isAnswered && !(isHearing && isInformed))
        if !isAnswered || isHearing && isInformed {
            for wait in joining { wait.resume(()) }
            joining = []
        }
    }

    // MARK: Doing as is demanded

    func follow(_ mark: PurgeMark) {
        guard tools.purges.add(mark) else { return }
        tools.metrics.purges.increment()
        if case .token(let reference) = mark.scope {
            for representation in TokenRepresentation.allCases {
                EntryKey.bytes(reference, representation).withUnsafeBytes { key in
                    if mark.isSoft { tools.memory.distrust(forKey: key) } else { tools.memory.remove(forKey: key) }
                }
            }
        } else if !tools.purges.isJudgedAnyway(mark.scope) {
            tools.memory.doubtAll()
        }
        tools.startAnew(mark.scope)
    }
}
