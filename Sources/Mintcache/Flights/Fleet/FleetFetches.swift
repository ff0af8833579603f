import Caching
import EventLoops

/// One fetch for all instances: whose turn it is to ask the sources of a token, or of what a contract says about itself.
///
/// The lease decides. Who gets it looks into Redis once more, because another may just have landed, and then fetches for
/// all, renewing the lease while the fetch lasts. Who does not waits for the announcement of its end. Only when the holder
/// has died is there none: then the lease ends with its term, and of those who try for it one gets it. Without Redis, or
/// without hearing announcements, everybody fetches alone.
///
/// Pinned to the fetch loop.
actor FleetFetches {
    struct Timing: Sendable {
        /// How long a dead instance keeps what it was fetching from being fetched.
        var term = Duration.seconds(3)
        /// How often a lease is renewed: two renewals may fail before it is lost.
        var renewal = Duration.seconds(1)
        /// Spreads those who try for a dead instance's lease.
        var jitter = Duration.milliseconds(200)
    }

    enum Admission<Value: FleetValue>: Sendable {
        /// Fetch for all, and say so at the end.
        case lead(FetchLease)
        /// Fetch for this instance: the others cannot be asked.
        case alone
        /// This is what another instance fetched.
        case landed(Value)
        /// Others' fetches have failed, with this problem; the sources are to be left alone for so long.
        case failed([UInt8], left: Duration)
    }

    /// How many instances try one after the other before all answer that it cannot be had.
    static let attempts = 2

    private let loop: EventLoop
    private let leases: any FetchLeases
    private let time: TimeSource
    private let metrics: Metrics
    private let timing: Timing
    private var renewals: [FetchLease: LoopTimer] = [:]
    /// Set when this instance is about to stop: what it still fetches is for its own clients.
    private var isStopped = false
    let news: FleetNews

    init(
        loop: EventLoop, leases: any FetchLeases, time: TimeSource, metrics: Metrics, timing: Timing = Timing()
    ) {
        self.loop = loop
        self.leases = leases
        self.time = time
        self.metrics = metrics
        self.timing = timing
        news = FleetNews(loop: loop)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    // MARK: Taking turns

    /// Waits until what is asked for is there, or it is this instance's turn to fetch it.
    func admission<Value>(to question: FleetQuestion<Value>) async -> Admission<Value> {
        let admission = await seek(question)
        await news.forget(question.subject)
        switch admission {
        case .alone: metrics.fleetFetches.count(.alone)
        case .landed, .failed: metrics.fleetFetches.count(.shared)
        case .lead: metrics.fleetFetches.count(.led)
        }
        return admission
    }

    /// How far a flight has come with the others.
    private struct Quest<Value: FleetValue> {
        var question: FleetQuestion<Value>
        let deadline: MonotonicTime
        /// Whether the last holder was not heard of in time.
        var isOverdue = false
        /// Fetches waited for that left nothing in Redis.
        var fruitless = 0
    }

    private func seek<Value>(_ question: FleetQuestion<Value>) async -> Admission<Value> {
        var quest = Quest(question: question, deadline: loop.now + question.patience)
        while loop.now < quest.deadline, !isStopped {
            // From before the attempt on, so that no end of another's fetch is missed.
            let wait = await news.expect(question.subject)
            let wish = LeaseWish(
                question.subject, since: time.now, purge: question.purge, lastPurge: question.lastPurge(),
                for: timing.term, attempts: question.attempts)
            guard let attempt = await take(wish, within: question.redisTimeout) else { return .alone }
            switch attempt {
            case .taken(let lease):
                if quest.isOverdue { metrics.inheritedLeases.increment() }
                return await begin(lease, quest.question)
            case .failed(let problem, let left):
                return .failed(problem, left: left)
            case .held(let left, let since):
                guard await news.isListening else { return .alone }
                let limit = min(left + timing.jitter * Double.random(in: 0...1), quest.deadline - loop.now)
                let heard = await news.news(wait, within: limit)
                if let admission = await weigh(heard, ofFetchSince: since, &quest) { return admission }
            }
        }
        return .alone
    }

    /// What to make of the end of a wait; nil to try for the lease again.
    private func weigh<Value>(
        _ heard: FleetNews.News, ofFetchSince since: Int64, _ quest: inout Quest<Value>
    ) async -> Admission<Value>? {
        quest.isOverdue = heard == .overdue
        switch heard {
        case .cutOff:
            return .alone
        case .ended(.givenUp):
            // Redis may take no records: the instances must not fetch one after the other then.
            quest.fruitless += 1
            return quest.fruitless > 1 ? .alone : nil
        case .ended(.stored(let moment)):
            guard let value = await stored(quest.question) else { return nil }
            if quest.question.isAnswered(by: value, fetchedSince: since, stored: moment) { return .landed(value) }
            quest.question.newerThan = max(quest.question.newerThan, value.fetchedAt)
            return nil
        case .ended(.failed), .missed, .overdue:
            return nil
        }
    }

    private func take(_ wish: LeaseWish, within limit: Duration) async -> LeaseAttempt? {
        do throws(StoreError) {
            return try await leases.take(wish, within: limit)
        } catch {
            metrics.redisFailures.increment()
            return nil
        }
    }

    private func begin<Value>(_ lease: FetchLease, _ question: FleetQuestion<Value>) async -> Admission<Value> {
        renewLater(lease)
        guard !isStopped else {
            await finish(lease, .givenUp, .zero)
            return .alone
        }
        guard let value = await stored(question), question.isAnswered(by: value) else { return .lead(lease) }
        end(lease, .stored(moment: value.fetchedAt))
        return .landed(value)
    }

    private func stored<Value>(_ question: FleetQuestion<Value>) async -> Value? {
        do throws(StoreError) {
            return try await question.stored()
        } catch {
            metrics.redisFailures.increment()
            return nil
        }
    }

    // MARK: Holding a lease

    /// Gives a lease back and tells the others how its fetch ended, without making anybody wait for that.
    ///
    /// - Parameter memory: how long the others remember a failure.
    nonisolated func end(_ lease: FetchLease, _ outcome: FetchOutcome, rememberingFailureFor memory: Duration = .zero) {
        Task(executorPreference: loop) { await self.finish(lease, outcome, memory) }
    }

    /// Tells the others of what was fetched without a lease, without making anybody wait for that.
    ///
    /// - Parameter moment: of the fetch, in milliseconds since 1970.
    nonisolated func announce(_ subject: FleetSubject, storedAt moment: Int64) {
        Task(executorPreference: loop) { await self.tell(subject, storedAt: moment) }
    }

    /// Lets others fetch what this instance, which is about to stop, has not. It takes no lease any more.
    func endAll() async {
        isStopped = true
        for lease in Array(renewals.keys) { await finish(lease, .givenUp, .zero) }
    }

    private func finish(_ lease: FetchLease, _ outcome: FetchOutcome, _ memory: Duration) async {
        guard let timer = renewals.removeValue(forKey: lease) else { return }
        timer.cancel()
        do throws(StoreError) {
            try await leases.end(lease, outcome, rememberingFailureFor: memory)
        } catch {
            metrics.redisFailures.increment()
        }
    }

    private func tell(_ subject: FleetSubject, storedAt moment: Int64) async {
        do throws(StoreError) {
            try await leases.announce(subject, storedAt: moment)
        } catch {
            metrics.redisFailures.increment()
        }
    }

    private func renewLater(_ lease: FetchLease) {
        renewals[lease] = loop.schedule(after: timing.renewal) {
            Task(executorPreference: self.loop) { await self.renew(lease) }
        }
    }

    /// A lease that is lost is not renewed any more. The fetch goes on: what it brings is as good as another's, and of
    /// two records the stores keep the later one.
    private func renew(_ lease: FetchLease) async {
        guard renewals[lease] != nil else { return }
        do throws(StoreError) {
            guard try await leases.renew(lease, for: timing.term) else { return }
        } catch {
            metrics.redisFailures.increment()
        }
        if renewals[lease] != nil { renewLater(lease) }
    }
}
