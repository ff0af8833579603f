import EventLoops

/// When a client may try to connect: at once after an orderly end, then ever more rarely up to a second, and at most
/// five times in any second. A server that has no place is asked at most once a second, and one that refuses us after
/// five: only a change of its configuration or of ours will help.
struct ReconnectSchedule {
    static let shortestInterval = Duration.milliseconds(200)
    private static let firstDelay = Duration.milliseconds(250)
    private static let longestDelay = Duration.seconds(1)
    private static let turnedAwayDelay = Duration.seconds(1)
    private static let refusedDelay = Duration.seconds(5)

    private var failures = 0
    private var lastFailure: RedisError?
    private var lastAttempt: MonotonicTime?

    /// Whether the last thing that happened was a failure: callers then fail at once instead of waiting for an attempt.
    var isFailing: Bool { failures > 0 }

    mutating func attempted(at now: MonotonicTime) {
        lastAttempt = now
    }

    mutating func failed(with error: RedisError) {
        failures += 1
        lastFailure = error
    }

    /// A command was answered: a connection that comes about proves less.
    mutating func worked() {
        failures = 0
        lastFailure = nil
    }

    /// How long to wait now. `jitter` between 0 and 1 spreads clients that failed together.
    func delay(at now: MonotonicTime, jitter: Double) -> Duration {
        let wanted = wantedDelay(jitter)
        guard let lastAttempt else { return wanted }
        return max(wanted, lastAttempt + Self.shortestInterval - now, .zero)
    }

    private func wantedDelay(_ jitter: Double) -> Duration {
        guard failures > 0 else { return .zero }
        switch lastFailure {
        case .refused: return Self.refusedDelay * (1 + 0.2 * jitter)
        case .turnedAway: return Self.turnedAwayDelay * (1 + 0.2 * jitter)
        case .unreachable, .timedOut, .malformed, .overloaded, .closed, nil:
            let doubled = Self.firstDelay * (1 << min(failures - 1, 8))
            return min(doubled, Self.longestDelay) * (1 - 0.25 * jitter)
        }
    }
}
