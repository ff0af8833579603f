import Caching
import Tokens

/// A job as the admin API shows it.
struct WarmReport: Sendable {
    /// The largest integer that every reader of JSON keeps.
    private static let largestNumber = 1 << 53 - 1

    let job: StoredJob
    let request: WarmRequest
    let state: WarmState
    /// Nil for a job that another release has written.
    ///
    /// - Parameter current: how far it is, when this instance works on it.
    init?(_ job: StoredJob, _ current: WarmState? = nil) {
        guard let request = WarmRequest(stored: job.request) else { return nil }
        self.job = job
        self.request = request
        state = current ?? WarmState(stored: job.progress)
    }

    var isOver: Bool { job.state != .open }

    private var word: String {
        if isOver { return job.state.rawValue }
        return job.isLeased ? "running" : "queued"
    }

    /// Names this state in a stream of events.
    var eventIdentifier: String { "\(word)-\(state.done)" }

    var node: JSONNode {
        let total = state.total ?? request.count
        let left = total.map { Double($0 - state.done) }
        let eta = left.flatMap { !isOver && state.rate > 0 ? JSONNode.integer(Self.whole($0 / state.rate)) : nil }
        return .object([
            ("id", .string(job.identifier)), ("state", .string(word)), ("kind", .string(request.kind.rawValue)),
            ("selection", .string(request.summary)), ("concurrency", .integer(request.concurrency)),
            ("rate_limit", .integer(request.rate)), ("refresh", .boolean(request.isRefresh)),
            ("dry_run", .boolean(request.isDryRun)), ("created_at", Self.time(job.createdAt)),
            ("started_at", Self.time(state.startedAt)), ("ended_at", Self.time(job.endedAt)),
            ("instance", JSONNode(job.owner.map { String($0.prefix { $0 != "#" }) })),
            ("schedule", JSONNode(request.schedule)), ("retry_of", JSONNode(request.retryOf)),
            ("total", total.map { .integer(min($0, Self.largestNumber)) } ?? .null), ("done", .integer(state.done)),
            ("fetched", .integer(state.fetched)), ("already_fresh", .integer(state.alreadyFresh)),
            ("skipped", .integer(state.skipped)), ("failed", .integer(state.failed)),
            ("rate", .number((state.rate * 10).rounded() / 10)), ("eta_seconds", eta ?? .null),
            ("note", JSONNode(state.note)), ("estimate", state.estimate?.node ?? .null),
            ("retryable", .integer(min(state.retryable, Self.largestNumber))), ("failures", state.failures.node),
        ])
    }

    private static func whole(_ seconds: Double) -> Int {
        Int(min(max(seconds.rounded(.up), 0), Double(largestNumber)))
    }

    private static func time(_ milliseconds: Int64?) -> JSONNode {
        milliseconds.map { .moment($0) } ?? .null
    }
}
