import Caching
import Tokens

/// A job as the admin API shows it.
struct WarmReport: Sendable {
    /// The largest integer that every reader of JSON keeps.
    private static let largestNumber = 1 << 53 - 1

    let job: StoredJob
    /// Nil for what another release wrote and this one cannot read.
    let request: WarmRequest?
    let state: WarmState

    /// - Parameter current: how far it is, when this instance works on it.
    init(_ job: StoredJob, _ current: WarmState? = nil) {
        self.job = job
        request = WarmRequest(stored: job.request)
        state = current ?? WarmState(stored: job.progress)
    }

    var isOver: Bool { job.state != .open }

    private var word: String {
        if isOver { return job.state.rawValue }
        return job.isLeased ? "running" : "queued"
    }

    /// Who works on it, or did until it was over.
    private var instance: String? {
        job.isLeased || isOver ? job.owner.map { String($0.prefix { $0 != "#" }) } : nil
    }

    /// Names this state in a stream of events.
    var eventIdentifier: String { "\(word)-\(state.done)" }

    var node: JSONNode {
        let total = state.total ?? request?.count
        let note =
            state.note ?? (request == nil ? "Another release wrote this job; this instance cannot read it." : nil)
        let left = total.map { Double($0 - state.done) }
        let eta = left.flatMap { !isOver && state.rate > 0 ? JSONNode.integer(Self.whole($0 / state.rate)) : nil }
        return .object([
            ("id", .string(job.identifier)), ("state", .string(word)),
            ("kind", .string(request?.kind.rawValue ?? "other")), ("selection", .string(request?.summary ?? "other")),
            ("concurrency", request.map { .integer($0.concurrency) } ?? .null),
            ("rate_limit", request.map { .integer($0.rate) } ?? .null),
            ("refresh", request.map { .boolean($0.isRefresh) } ?? .null),
            ("dry_run", request.map { .boolean($0.isDryRun) } ?? .null), ("created_at", Self.time(job.createdAt)),
            ("started_at", Self.time(state.startedAt)), ("ended_at", Self.time(job.endedAt)),
            ("instance", JSONNode(instance)),
            ("schedule", JSONNode(request?.schedule)), ("retry_of", JSONNode(request?.retryOf)),
            ("total", total.map { .integer(min($0, Self.largestNumber)) } ?? .null), ("done", .integer(state.done)),
            ("fetched", .integer(state.fetched)), ("already_fresh", .integer(state.alreadyFresh)),
            ("skipped", .integer(state.skipped)), ("failed", .integer(state.failed)),
            ("rate", .number((state.rate * 10).rounded() / 10)), ("eta_seconds", eta ?? .null),
            ("note", JSONNode(note)), ("estimate", state.estimate?.node ?? .null),
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
