import Caching
import EventLoops
import Tokens

/// The warm jobs of the fleet, as one instance sees them and works on them. They live in a store that all instances share,
/// when there is one; each takes up jobs that nobody works on.
///
/// Pinned to the fetch loop.
actor WarmJobs {
    private let tools: WarmTools
    private let timing: WarmTiming
    /// What this instance is called among the others.
    private let name: String
    private var runs: [String: WarmRun] = [:]
    /// The last run of each schedule that this instance knows of.
    private var known: [String: Int64] = [:]
    /// Open jobs that another release wrote: for its instances.
    private var unreadable: Set<String> = []
    private var taken = 0
    private var alarm: Wait<Void>?
    private(set) var isStopped = false

    init(name: String, tools: WarmTools, timing: WarmTiming = WarmTiming()) {
        self.name = name
        self.tools = tools
        self.timing = timing
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { tools.loop.asUnownedSerialExecutor() }

    /// Jobs that this instance works on.
    var running: Int { runs.count }

    // MARK: What is asked of it

    /// Starts a job and returns its identifier.
    func start(_ request: WarmRequest) async throws(Problem) -> String {
        let identifier = newIdentifier()
        switch try await stored({ () throws(StoreError) in try await add(request, as: identifier, run: nil) }) {
        case .added, .notDue:
            wake()
            return identifier
        case .refused:
            throw .rateLimited(
                "\(timing.bounds.open) jobs are queued or running; wait for one to end or cancel one.", seconds: 10)
        }
    }

    /// Starts a job for the tokens that failed in another, which has ended.
    func retry(_ identifier: String) async throws(Problem) -> String {
        let found = try await stored { () throws(StoreError) in try await tools.store.job(identifier) }
        guard let job = found else { throw .unknownJob(identifier) }
        guard job.state != .open else {
            throw Problem(
                409, "job-running", "Job running", detail: "Job \(identifier) has not ended; what failed may grow.")
        }
        guard let request = WarmRequest(stored: job.request) else {
            throw Problem(
                409, "nothing-to-retry", "Nothing to retry",
                detail: "Another release wrote job \(identifier), and this instance cannot read it.")
        }
        guard let tokens = TokenSpans(job.failures), !tokens.isEmpty else {
            throw Problem(409, "nothing-to-retry", "Nothing to retry", detail: "No token of job \(identifier) failed.")
        }
        var retry = WarmRequest(tokens: tokens)
        (retry.concurrency, retry.rate) = (request.concurrency, request.rate)
        (retry.isRefresh, retry.isDryRun) = (request.isRefresh, request.isDryRun)
        retry.retryOf = identifier
        if request.kind == .archive {
            retry.kind = .archive
            retry.collection = request.collection
        }
        return try await start(retry)
    }

    /// One job; nil for an unknown one.
    func report(of identifier: String) async throws(Problem) -> WarmReport? {
        let job = try await stored { () throws(StoreError) in try await tools.store.job(identifier) }
        guard let job else { return nil }
        return WarmReport(job, await runs[identifier]?.snapshot)
    }

    /// All jobs as JSON, the newest first.
    func list() async throws(Problem) -> [UInt8] {
        let jobs = try await stored { () throws(StoreError) in try await tools.store.jobs() }
        var nodes: [JSONNode] = []
        for job in jobs {
            nodes.append(WarmReport(job, await runs[job.identifier]?.snapshot).node)
        }
        return JSONNode.object([("store", .string(tools.storeName)), ("jobs", .array(nodes))]).bytes
    }

    /// Cancels a job. What is under way ends; nothing new is begun.
    func cancel(_ identifier: String) async throws(Problem) -> WarmReport? {
        let retention = timing.bounds.retention
        let job = try await stored { () throws(StoreError) in
            try await tools.store.cancel(identifier, retention: retention)
        }
        guard let job else { return nil }
        await runs[identifier]?.cancel()
        return WarmReport(job, await runs[identifier]?.snapshot)
    }

    private func stored<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Problem) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw .jobStoreUnavailable(error, tools.storeName)
        }
    }

    private func add(
        _ request: WarmRequest, as identifier: String, run: NewJob.Run?
    ) async throws(StoreError) -> JobAddition {
        let job = NewJob(
            identifier: identifier, createdAt: tools.time.now, request: request.bytes,
            work: request.spans.bytes, run: run)
        return try await tools.store.add(job, within: timing.bounds)
    }

    /// Ordered by time: sixteen digits, of which the last five are random.
    private func newIdentifier() -> String {
        let number = UInt64(clamping: tools.time.now) << 20 | UInt64.random(in: 0..<1 << 20)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    // MARK: Working

    /// Takes up jobs and starts those that are due, until ``stop()``.
    func run() async {
        while !isStopped {
            await startDue()
            await takeUp()
            guard !isStopped else { return }
            let wait = Wait<Void>()
            alarm = wait
            let timer = tools.loop.schedule(after: timing.beat) { wait.resume(()) }
            await wait.value(ifCancelled: ())
            timer.cancel()
            if Task.isCancelled { return }
        }
    }

    /// Lets other instances go on with everything.
    func stop() async {
        isStopped = true
        wake()
        for run in runs.values { await run.release() }
    }

    private func wake() {
        alarm?.resume(())
        alarm = nil
    }

    private func takeUp() async {
        while !isStopped, runs.count < timing.running {
            taken += 1
            let owner = "\(name)#\(taken)"
            do throws(StoreError) {
                // What this instance has lost and not let go of is others', too.
                let others = unreadable.union(runs.keys)
                guard let claimed = try await tools.store.claim(as: owner, for: timing.term, besides: others) else {
                    return
                }
                await begin(claimed, owner)
            } catch {
                return
            }
        }
    }

    private func begin(_ claimed: ClaimedJob, _ owner: String) async {
        let identifier = claimed.job.identifier
        guard let request = WarmRequest(stored: claimed.job.request, work: claimed.work) else {
            return await giveBack(claimed, owner)
        }
        let run = WarmRun(claimed, request, owner: owner, tools: tools, timing: timing)
        runs[identifier] = run
        Task(executorPreference: tools.loop) {
            await run.run()
            await self.ended(run)
        }
    }

    /// Leaves a job that another release wrote to the instances of that release.
    private func giveBack(_ claimed: ClaimedJob, _ owner: String) async {
        // Most of so many have ended; the others are looked at once more.
        if unreadable.count >= timing.bounds.kept { unreadable = [] }
        unreadable.insert(claimed.job.identifier)
        tools.log.warning("a warm job was left to others: another release wrote it", ["job": claimed.job.identifier])
        let update = JobUpdate(.released, progress: claimed.job.progress, failures: nil)
        // Where that fails the lease ends by itself.
        _ = try? await tools.store.save(update, of: claimed.job.identifier, as: owner)
    }

    private func ended(_ run: WarmRun) async {
        runs[run.identifier] = nil
        let state = await run.snapshot
        tools.log.info(
            "a warm job was left",
            [
                "job": run.identifier, "selection": run.request.summary, "done": "\(state.done)",
                "failed": "\(state.failed)",
            ])
        wake()
    }

    // MARK: Schedules

    private func startDue() async {
        let schedules = tools.equipment.value.schedules
        known = known.filter { name, _ in schedules.contains { $0.name == name } }
        for schedule in schedules where !isStopped {
            let number = schedule.number(at: tools.time.now)
            guard number > known[schedule.name] ?? .min else { continue }
            let run = NewJob.Run(schedule: schedule.name, number: number, interval: schedule.interval)
            do throws(StoreError) {
                let addition = try await add(schedule.request, as: newIdentifier(), run: run)
                if addition == .refused {
                    tools.log.warning("a scheduled warm job was put off: too many are open", ["entry": schedule.label])
                } else {
                    known[schedule.name] = number
                }
            } catch {
                // The store is asked again with the next beat.
                continue
            }
        }
    }
}

extension Problem {
    static func unknownJob(_ identifier: String) -> Problem {
        Problem(404, "unknown-job", "Unknown job", detail: "There is no warm job \(identifier.prefix(64)).")
    }

    fileprivate static func jobStoreUnavailable(_ error: StoreError, _ store: String) -> Problem {
        var problem = Problem(
            503, "job-store-unavailable", "Job store unavailable",
            detail: "The store of warm jobs (\(store)) does not answer: \(error.kind.rawValue).")
        problem.isRetryable = true
        problem.retryAfter = 2
        return problem
    }
}
