public import EventLoops

/// When a host that fails is left alone, and for how long.
public struct BreakerLimits: Sendable, Hashable {
    /// Failures in a row that open the breaker.
    public var failures = 5
    /// The first pause; each probe that fails doubles it.
    public var firstPause = Duration.milliseconds(500)
    public var longestPause = Duration.seconds(2)
    /// A probe that has not ended after this long is not waited for: the next request becomes a probe too. A host that
    /// hung and recovered is then noticed long before the hung probe's own deadline.
    public var probeInterval = Duration.seconds(1)
    /// The most that a host's `Retry-After` is honoured.
    public var longestHold = Duration.seconds(300)

    public init() {}
}

/// Keeps requests away from a host that fails: closed until ``BreakerLimits/failures`` in a row, then open but for one
/// probe at a time, closed again by the first success. A `Retry-After` opens it at once, for as long as it says. Pure:
/// time and chance are arguments.
public struct CircuitBreaker: Sendable {
    public enum Pass: Sendable, Equatable {
        case normal
        /// This request tells whether the host is back.
        case probe
        case refused(retryAfter: Duration)
    }

    private enum State: Sendable, Equatable {
        case closed(failures: Int)
        case open(nextProbe: MonotonicTime, failedProbes: Int)
        /// The host named a time; earlier successes do not shorten it.
        case held(until: MonotonicTime)
    }

    private let limits: BreakerLimits
    private var state = State.closed(failures: 0)

    public init(_ limits: BreakerLimits) {
        self.limits = limits
    }

    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    public var consecutiveFailures: Int {
        if case .closed(let failures) = state { failures } else { limits.failures }
    }

    /// How long requests are refused from now; `nil` when ``admit(_:)`` would let one pass.
    public func refusal(at now: MonotonicTime) -> Duration? {
        switch state {
        case .closed: nil
        case .open(let nextProbe, _): now < nextProbe ? nextProbe - now : nil
        case .held(let until): now < until ? until - now : nil
        }
    }

    public mutating func admit(_ now: MonotonicTime) -> Pass {
        if let wait = refusal(at: now) { return .refused(retryAfter: wait) }
        switch state {
        case .closed:
            return .normal
        case .open(_, let failedProbes):
            state = .open(nextProbe: now + limits.probeInterval, failedProbes: failedProbes)
        case .held:
            state = .open(nextProbe: now + limits.probeInterval, failedProbes: 0)
        }
        return .probe
    }

    public mutating func succeed(_ now: MonotonicTime) {
        if case .held(let until) = state, now < until { return }
        state = .closed(failures: 0)
    }

    /// - Parameter chance: 0 ..< 1, so that many clients of one host do not probe in step.
    public mutating func fail(_ pass: Pass, _ now: MonotonicTime, chance: Double) {
        switch state {
        case .closed(let failures) where failures + 1 < limits.failures:
            state = .closed(failures: failures + 1)
        case .closed:
            state = .open(nextProbe: now + pause(after: 0, chance), failedProbes: 0)
        case .open(let nextProbe, let failedProbes):
            // Requests that were on their way when it opened say nothing new.
            guard pass == .probe else { return }
            let failed = failedProbes + 1
            state = .open(nextProbe: max(nextProbe, now + pause(after: failed, chance)), failedProbes: failed)
        case .held:
            break
        }
    }

    /// The host asked to be left alone.
    public mutating func hold(for pause: Duration, _ now: MonotonicTime) {
        let until = now + min(pause, limits.longestHold)
        if case .held(let earlier) = state, earlier > until { return }
        guard until > now else { return }
        state = .held(until: until)
    }

    /// Three quarters to the whole of the doubled pause.
    private func pause(after failedProbes: Int, _ chance: Double) -> Duration {
        let doubled = limits.firstPause * (1 << min(failedProbes, 16))
        return min(doubled, limits.longestPause) * (0.75 + 0.25 * chance)
    }
}
