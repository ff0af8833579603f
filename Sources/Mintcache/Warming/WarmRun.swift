import Caching
import EventLoops
import Tokens

/// One job that this instance works on: several tokens at a time, saved again and again, so that another instance can go
/// on where this one stops.
///
/// Pinned to the fetch loop.
actor WarmRun {
    private enum Course: Equatable {
        case going
        /// It was cancelled, or could not be done.
        case cancelled
        case failed
        /// Another instance has it, or may take it.
        case lost
        case released
    }

    /// Failed tokens that are remembered, those that follow one another as one.
    private static let rememberedFailures = 10_000
    /// How often it is tried to find out what is to be done next.
    private static let attempts = 30

    nonisolated let identifier: String
    nonisolated let request: WarmRequest
    private let owner: String
    private let tools: WarmTools
    private let timing: WarmTiming
    private var state: WarmState
    private var failed: TokenSet
    private var hasNewFailures = false
    private var course = Course.going
    /// While the lease may be over, because the store does not answer.
    private var isPaused = false
    private var leasedUntil: MonotonicTime
    private var feed: WarmFeed?
    private var items: ArraySlice<WarmFeed.Item> = []
    private var loading: Task<Void, Never>?
    /// Whether another instance, or this one, worked on it before.
    private let isResumed: Bool
    private let begin: (at: MonotonicTime, done: Int)

    init(_ claimed: ClaimedJob, _ request: WarmRequest, owner: String, tools: WarmTools, timing: WarmTiming) {
        identifier = claimed.job.identifier
        self.request = request
        self.owner = owner
        self.tools = tools
        self.timing = timing
        state = WarmState(stored: claimed.job.progress)
        failed = TokenSet(
            capacity: Self.rememberedFailures, TokenSpans(claimed.job.failures) ?? TokenSpans())
        isResumed = state.startedAt != nil
        state.startedAt = state.startedAt ?? tools.time.now
        begin = (.current, state.done)
        leasedUntil = .current + timing.term
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { tools.loop.asUnownedSerialExecutor() }

    /// How far it is now.
    var snapshot: WarmState {
        if hasNewFailures { state.retryable = failed.spans.count }
        return state
    }

    private var isGoing: Bool { course == .going }

    /// Works until the job is over, or not this instance's any more.
    func run() async {
        let saving = Task(executorPreference: tools.loop) { await self.keepSaving() }
        await prepare()
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<request.concurrency {
                group.addTask(executorPreference: tools.loop) { await self.runLane(lane) }
            }
        }
        saving.cancel()
        await conclude()
    }

    /// Nothing new is begun, for good.
    func cancel() {
        if isGoing { course = .cancelled }
    }

    /// Lets another instance go on at once. What is under way ends, and counts for the other as not done.
    func release() async {
        guard isGoing else { return }
        course = .released
        await save(.released)
    }

    // MARK: Preparing

    private func prepare() async {
        if state.plan == nil { await makePlan() }
        guard let plan = state.plan else { return }
        let feed = tools.feed(plan, request)
        if !isResumed { state.next = feed.start }
        self.feed = feed
        let interrupted = state.underWay.sorted()
        items = ArraySlice(interrupted.map { WarmFeed.Item(token: $0, next: state.next) })
    }

    private func makePlan() async {
        switch request.kind {
        case .tokens, .range:
            guard !request.spans.isEmpty else { return fail("What is to be warmed was lost with the store's data.") }
            (state.plan, state.total) = (.spans, request.count)
        // Another try of those that failed names them.
        case .archive where !request.spans.isEmpty:
            (state.plan, state.total) = (.spans, request.count)
        case .archive:
            state.plan = .archive
        case .supply:
            guard let finding = await supply() else { return }
            switch finding {
            case .enumerated(let count):
                (state.plan, state.total) = (.enumerated(count: count), Int(clamping: count))
            case .numbered(let range, let note):
                let total = request.collection.map { TokenSpan($0, range).count }
                (state.plan, state.total, state.note) = (.numbered(range), total, note)
            case .empty: (state.plan, state.total) = (.enumerated(count: 0), 0)
            case .unknown(let reason): fail(reason)
            }
        }
        if let plan = state.plan { state.next = tools.feed(plan, request).start }
    }

    private func supply() async -> SupplyReader.Finding? {
        guard let collection = request.collection else { return nil }
        return await tried { [tools] () throws(WarmTrouble) in
            do throws(Problem) {
                return try await tools.equipment.value.supply.finding(of: collection)
            } catch {
                throw WarmTrouble(error)
            }
        }
    }

    /// Tries again and again, at last in vain: then the job has failed.
    private func tried<Value: Sendable>(
        _ body: @Sendable () async throws(WarmTrouble) -> Value
    ) async -> Value? {
        var attempt = 1
        while isGoing {
            do throws(WarmTrouble) {
                return try await body()
            } catch {
                guard attempt < Self.attempts else {
                    fail(error.text)
                    return nil
                }
                attempt += 1
                await tools.loop.sleep(for: timing.beat)
            }
        }
        return nil
    }

    private func fail(_ reason: String) {
        state.note = reason
        if isGoing { course = .failed }
    }

    // MARK: Working

    /// One of a job's lanes: token after token, in step with the rate.
    private func runLane(_ lane: Int) async {
        // Each lane keeps its own share of the rate, starting out of phase with the others.
        let rate = request.rate
        let step = rate > 0 ? Duration.seconds(request.concurrency) / rate : .zero
        var due = MonotonicTime.current + (rate > 0 ? Duration.seconds(lane) / rate : .zero)
        while let token = await take() {
            if rate > 0 {
                let now = MonotonicTime.current
                if due > now { await tools.loop.sleep(for: due - now) }
                due = max(due, now) + step
            }
            // Left under way, for whoever goes on.
            guard isGoing else { return }
            record(
                await tools.warmer.warm(token, as: request, since: isResumed ? state.startedAt : nil), of: token)
        }
    }

    /// The next token, which is under way from now on; nil when there is none.
    private func take() async -> TokenReference? {
        while isGoing {
            if isPaused {
                await tools.loop.sleep(for: timing.beat / 10)
            } else if let item = items.popFirst() {
                state.next = item.next
                guard let token = item.token else {
                    state.skipped += 1
                    continue
                }
                state.underWay.insert(token)
                return token
            } else if state.next == .end || feed == nil {
                return nil
            } else {
                await loadPage()
            }
        }
        return nil
    }

    /// All lanes wait for the same page.
    private func loadPage() async {
        let task = loading ?? Task(executorPreference: tools.loop) { await self.fetchPage() }
        loading = task
        await task.value
    }

    private func fetchPage() async {
        defer { loading = nil }
        guard let feed, items.isEmpty else { return }
        let position = state.next
        guard let page = await tried({ () throws(WarmTrouble) in try await feed.page(from: position) }) else { return }
        if page.isEmpty { state.next = .end }
        items = page[...]
    }

    private func record(_ outcome: WarmOutcome, of token: TokenReference) {
        state.underWay.remove(token)
        tools.metrics.warmTokens.count(outcome.label)
        switch outcome {
        case .fetched: state.fetched += 1
        case .alreadyFresh: state.alreadyFresh += 1
        case .skipped: state.skipped += 1
        case .failed(let reason):
            state.failed += 1
            state.failures.add(reason, of: token)
            failed.insert(token)
            hasNewFailures = true
        }
        let elapsed = Double((MonotonicTime.current - begin.at).inMilliseconds) / 1000
        if elapsed > 0 { state.rate = Double(state.done - begin.done) / elapsed }
        if request.isDryRun { state.estimate = tools.estimate(request, state.fetched) }
    }

    // MARK: Saving

    private func keepSaving() async {
        while isGoing, !Task.isCancelled {
            await tools.loop.sleep(for: timing.beat)
            if isGoing, !Task.isCancelled { await save(.goesOn(term: timing.term)) }
        }
    }

    private func conclude() async {
        switch course {
        case .going:
            state.total = state.total.map { max($0, state.done) } ?? state.done
            await saveAtLast(.over(.finished, retention: timing.bounds.retention))
        case .failed:
            await saveAtLast(.over(.failed, retention: timing.bounds.retention))
        case .cancelled:
            await saveAtLast(.goesOn(term: timing.term))
        case .lost, .released:
            break
        }
    }

    /// A store that is away may come back; when it does not, another instance finds everything done.
    private func saveAtLast(_ ending: JobUpdate.Course) async {
        for _ in 0..<Self.attempts where course != .lost {
            if await save(ending) { return }
            await tools.loop.sleep(for: timing.beat)
        }
    }

    /// False when the store did not answer.
    @discardableResult
    private func save(_ update: JobUpdate.Course) async -> Bool {
        let begun = MonotonicTime.current
        let spans = hasNewFailures ? failed.spans : nil
        if let spans { state.retryable = spans.count }
        let failures = spans?.bytes
        hasNewFailures = false
        do throws(StoreError) {
            switch try await tools.store.save(
                JobUpdate(update, progress: state.bytes, failures: failures), of: identifier, as: owner)
            {
            case .saved: leasedUntil = begun + timing.term
            case .cancelled: cancel()
            case .lost: course = .lost
            }
            isPaused = false
            return true
        } catch {
            hasNewFailures = hasNewFailures || failures != nil
            isPaused = MonotonicTime.current + timing.beat > leasedUntil
            return false
        }
    }
}
