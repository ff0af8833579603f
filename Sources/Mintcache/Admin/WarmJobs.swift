import EventLoops
import Tokens

/// The warm-ups of this process: a bounded number, each with its own concurrency and rate.
///
/// Pinned to the fetch loop.
actor WarmJobs {
    static let maximumRunning = 8
    static let maximumRemembered = 100

    private let loop: EventLoop
    private let board: FlightBoard
    private var jobs: [WarmJob] = []

    init(loop: EventLoop, board: FlightBoard) {
        self.loop = loop
        self.board = board
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Starts a job and returns its identifier.
    func start(_ request: WarmRequest) throws(Problem) -> String {
        guard jobs.count(where: { $0.state == .running }) < Self.maximumRunning else {
            var problem = Problem(
                429, "rate-limited", "Too many warm jobs",
                detail: "\(Self.maximumRunning) jobs are running; wait for one to end or cancel one.")
            problem.retryAfter = 10
            throw problem
        }
        let identifier = RandomBytes.generate(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
        let job = WarmJob(identifier: identifier, request: request, now: .current)
        jobs.append(job)
        if jobs.count > Self.maximumRemembered, let old = jobs.firstIndex(where: { $0.state != .running }) {
            jobs.remove(at: old)
        }
        Task(executorPreference: loop) { await self.run(identifier) }
        return identifier
    }

    /// Progress of one job as JSON; `nil` for an unknown one.
    func progress(of identifier: String) -> [UInt8]? {
        job(identifier)?.progress(at: .current).bytes
    }

    /// All jobs as JSON, the newest first.
    func list() -> [UInt8] {
        JSONNode.object([("jobs", .array(jobs.reversed().map { $0.progress(at: .current) }))]).bytes
    }

    /// Whether there was such a job. What is under way ends; nothing new is begun.
    func cancel(_ identifier: String) -> Bool {
        guard let job = job(identifier) else { return false }
        job.cancel(at: .current)
        return true
    }

    func cancelAll() {
        for job in jobs { job.cancel(at: .current) }
    }

    private func job(_ identifier: String) -> WarmJob? {
        jobs.first { $0.identifier == identifier }
    }

    private func run(_ identifier: String) async {
        guard let request = job(identifier)?.request else { return }
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<min(request.concurrency, request.count) {
                group.addTask(executorPreference: loop) { await self.runLane(lane, of: identifier, request) }
            }
        }
        job(identifier)?.finish(at: .current)
    }

    /// One of a job's lanes: token after token, in step with the rate.
    private func runLane(_ lane: Int, of identifier: String, _ request: WarmRequest) async {
        // Each lane keeps its own share of the rate, starting out of phase with the others.
        let step = request.rate > 0 ? Duration.seconds(min(request.concurrency, request.count)) / request.rate : .zero
        var due = MonotonicTime.current + (request.rate > 0 ? Duration.seconds(lane) / request.rate : .zero)
        while let job = job(identifier), let token = job.take() {
            if request.rate > 0 {
                let now = MonotonicTime.current
                if due > now { await loop.sleep(for: due - now) }
                due = max(due, now) + step
                guard job.state == .running else { return }
            }
            let delivery = await board.delivery(of: token, as: .object, isRefresh: request.isRefresh)
            job.record(delivery, for: token)
        }
    }
}
