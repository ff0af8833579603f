import EventLoops

/// Caps retries at a share of the traffic, so that a struggling upstream is not finished off by its own clients, plus
/// a trickle that keeps them alive when there is little traffic. Pure: time is an argument.
struct RetryBudget {
    static let share = 0.1
    static let perSecond = 1.0
    static let capacity = 20.0

    private var tokens = RetryBudget.capacity / 2
    private var refilled: MonotonicTime

    init(at now: MonotonicTime) {
        refilled = now
    }

    /// A request came that is no retry.
    mutating func deposit(at now: MonotonicTime) {
        refill(now)
        tokens = min(tokens + Self.share, Self.capacity)
    }

    /// Whether a retry may go; if so it is paid for.
    mutating func withdraw(at now: MonotonicTime) -> Bool {
        refill(now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private mutating func refill(_ now: MonotonicTime) {
        let seconds = max(Double((now - refilled).inNanoseconds) / 1e9, 0)
        refilled = now
        // Waiting alone never saves up more than the start had.
        if tokens < Self.capacity / 2 { tokens = min(tokens + seconds * Self.perSecond, Self.capacity / 2) }
    }
}
