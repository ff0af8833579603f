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
    private let links: Links?
    private let tools: FleetTools
    private let timing: Timing
    private var living: Set<String> = []
    private var acknowledgements = Acknowledgements()
    /// The last purge heard of; the last of which this and all before it were followed; the last for which the others
    /// know that.
    private var heard: UInt64 = 0
    private var followed: UInt64 = 0
    private var told: UInt64 = 0
    /// Whether announcements are heard in time.
    private var isHearing = false
    private var gaps = 0
    /// Whether every purge up to now is known, but for those that are about to be heard.
    private var isInformed = false
    /// Whether Redis took the last sign of life.
    private var isAnswered = true
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
        if links != nil { tools.memory.setClosed(true) }
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

    private func hear(_ event: FleetEvent) {
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
            await self.report()
            await self.beatLater()
        }
    }

    private func beatLater() {
        isBeating = false
        if isStopped { return }
        if isBeatDue { return beat() }
        timer = tools.loop.schedule(after: timing.beat) { [weak self] in self?.assumeIsolated { $0.beat() } }
    }

    private func report() async {
        guard let links else { return }
        do throws(StoreError) {
            if !isHearing || !isInformed { try await inform(by: links) }
            if followed > told { await acknowledge() }
            living = try await links.instances.beat(as: name)
            acknowledgements.adopt(living: living)
            isAnswered = true
        } catch {
            isAnswered = false
        }
        tools.memory.setClosed(isAnswered && !(isHearing && isInformed))
        if !isAnswered || isHearing && isInformed {
            for wait in joining { wait.resume(()) }
            joining = []
        }
    }

    /// Reads what is remembered of purges, and puts back what Redis has lost.
    private func inform(by links: Links) async throws(StoreError) {
        let (isInTime, before) = (isHearing, gaps)
        let known = tools.purges.all
        let remembered = try await links.purges.remembered()
        for mark in remembered { follow(mark) }
        let last = remembered.map(\.sequence).max() ?? 0
        if known.contains(where: { $0.sequence > last }) { try await links.purges.restore(known) }
        // What is announced from now on is heard, unless it was not when this began: then it has to be read again.
        isInformed = isInTime && isHearing && gaps == before
        followed = max(followed, isInformed ? max(last, heard) : last)
    }

    /// Tells the others how far purges were followed. What fails is tried again with the next sign of life.
    private func acknowledge() async {
        guard let links, followed > told else { return }
        let sequence = followed
        do throws(StoreError) {
            try await links.channel.publish(.acknowledged(sequence: sequence, instance: name))
            told = max(told, sequence)
        } catch {
            tools.metrics.redisFailures.increment()
        }
    }

    // MARK: Doing as is demanded

    private func follow(_ mark: PurgeMark) {
        guard tools.purges.add(mark) else { return }
        tools.metrics.purges.increment()
        if case .token(let reference) = mark.scope {
            for representation in TokenRepresentation.allCases {
                EntryKey.bytes(reference, representation).withUnsafeBytes { key in
                    if mark.isSoft { tools.memory.distrust(forKey: key) } else { tools.memory.remove(forKey: key) }
                }
            }
        } else {
            tools.memory.doubtAll()
        }
        tools.startAnew(mark.scope)
    }

    // MARK: Demanding

    /// Purges; when it returns, no living instance answers with what it covers any more.
    ///
    /// - Parameters:
    ///   - moments: those before which nothing of tokens, and of anything else, is left.
    func purge(
        _ scopes: [PurgeScope], isSoft: Bool, forgetting moments: (tokens: Int64, others: Int64)
    ) async throws(Problem) -> PurgeReport {
        guard let links else { return try await purgeAlone(scopes, isSoft: isSoft, forgetting: moments) }
        var report = PurgeReport(sequence: 0, scopes: scopes, isSoft: isSoft)
        do throws(StoreError) {
            for scope in scopes {
                let replacement = tools.purges.tidy(tokensBefore: moments.tokens, othersBefore: moments.others)
                let mark = try await links.purges.order(
                    scope, isSoft: isSoft, after: tools.purges.sequence, replacement)
                follow(mark)
                report.sequence = mark.sequence
                tools.forgetInArchive(mark)
            }
            living = try await links.instances.beat(as: name)
        } catch {
            throw .purgeImpossible(error)
        }
        try await confirm(&report)
        return report
    }

    private func purgeAlone(
        _ scopes: [PurgeScope], isSoft: Bool, forgetting moments: (tokens: Int64, others: Int64)
    ) async throws(Problem) -> PurgeReport {
        var report = PurgeReport(sequence: 0, scopes: scopes, isSoft: isSoft, instances: [name])
        for scope in scopes {
            _ = tools.purges.tidy(tokensBefore: moments.tokens, othersBefore: moments.others)
            let now = tools.time.now
            let sequence = max(tools.purges.sequence, UInt64(clamping: now)) + 1
            let mark = PurgeMark(sequence: sequence, scope: scope, isSoft: isSoft, moment: now)
            follow(mark)
            report.sequence = sequence
            // The mark is as lasting as the process: what is in the archive must be gone before anybody relies on it.
            if let error = await tools.forgetInArchive(mark)?.value { throw .purgeIncomplete(error) }
        }
        return report
    }

    /// Waits until every other instance that lives has done as the purge demands.
    private func confirm(_ report: inout PurgeReport) async throws(Problem) {
        let others = living.subtracting([name])
        let (poll, wait) = acknowledgements.begin(report.sequence, from: others)
        let timer = tools.loop.schedule(after: timing.patience) { wait.resume(()) }
        await wait.value(ifCancelled: ())
        timer.cancel()
        let missing = acknowledgements.end(poll)
        guard missing.isEmpty else {
            tools.metrics.unconfirmedPurges.increment()
            throw .purgeUnconfirmed(missing: missing, staleFor: tools.memoryTTL)
        }
        let sequence = report.sequence
        report.instances = [name] + others.filter { acknowledgements.hasAcknowledged(sequence, $0) }
        report.silent = others.filter { !acknowledgements.hasAcknowledged(sequence, $0) }
    }
}
