import EventLoops
import UpstreamFetching

/// What was tried for one token, in order, as far as a client may know it.
struct ResolutionTrace {
    private(set) var attempts: [Problem.Attempt] = []
    private(set) var lastStatus: Int?
    private(set) var isRetryable = false
    /// The source that is being asked.
    var source = OnchainSource.name
    /// Whether the last attempt failed because of our own limits.
    private var isOverloaded = false

    /// - Parameter host: `host:port`, or what stands for it.
    mutating func note(
        _ step: String, at host: String, _ outcome: String, isRetryable: Bool = false,
        since start: MonotonicTime = .current
    ) {
        let elapsed = max(0, (MonotonicTime.current - start).inMilliseconds)
        attempts.append(
            Problem.Attempt(source: source, step: step, host: host, outcome: outcome, milliseconds: elapsed))
        self.isRetryable = self.isRetryable || isRetryable
        isOverloaded = false
    }

    mutating func note(
        _ step: String, _ url: String, _ outcome: String, since start: MonotonicTime, isRetryable: Bool = false
    ) {
        note(step, at: Self.host(of: url), outcome, isRetryable: isRetryable, since: start)
    }

    /// All that may be told of a URL.
    static func host(of url: String) -> String {
        (try? UpstreamURL(parsing: url))?.authority ?? "?"
    }

    mutating func note(_ step: String, _ url: String, _ failure: FetchFailure, since start: MonotonicTime) {
        note(step, url, failure.label, since: start)
        isRetryable = isRetryable || failure.isRetryable
        isOverloaded = failure.kind == .overloaded
    }

    mutating func note(_ step: String, _ url: String, status: Int, since start: MonotonicTime) {
        note(step, url, "status-\(status)", since: start)
        lastStatus = status
        isRetryable = isRetryable || StatusMeaning.isRetryable(status)
        isOverloaded = false
    }

    /// What was tried for several tokens together, as if it had been for this one alone.
    mutating func adopt(_ other: ResolutionTrace) {
        guard !other.attempts.isEmpty else { return }
        attempts += other.attempts.map { attempt in
            var attempt = attempt
            attempt.source = source
            return attempt
        }
        lastStatus = other.lastStatus ?? lastStatus
        isRetryable = isRetryable || other.isRetryable
        isOverloaded = other.isOverloaded
    }

    /// A source's problem with everything that was tried before and after it.
    func completed(_ problem: Problem) -> Problem {
        var problem = problem
        problem.attempts = attempts
        if isRetryable { problem.isRetryable = true }
        return problem
    }

    /// What was tried elsewhere for the same token, or for several at a time.
    mutating func append(_ other: ResolutionTrace) {
        attempts += other.attempts.map { attempt in
            var attempt = attempt
            attempt.source = source
            return attempt
        }
        lastStatus = other.lastStatus ?? lastStatus
        isRetryable = isRetryable || other.isRetryable
        if !other.attempts.isEmpty { isOverloaded = other.isOverloaded }
    }

    /// The end when nobody gave an answer.
    func problem(_ detail: String) -> Problem {
        var problem =
            isOverloaded
            ? .overloaded(.upstreams) : Problem(502, "upstream-failed", "Upstream failed", detail: detail)
        problem.source = source
        problem.isRetryable = isRetryable
        problem.upstreamStatus = lastStatus
        problem.attempts = attempts
        return problem
    }
}
