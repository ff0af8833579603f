import EventLoops

/// When the calls that wait for one chain leave together. Pure.
///
/// A lone call waits for one window. While more keep coming, a batch is held for a few windows until it is full; and
/// while several batches that were not full are on their way, the next one fills up behind them instead.
struct DepartureRule: Sendable {
    /// For how many windows a batch is held while calls keep coming, and at most in any case.
    private static let windowsWhileGrowing = 5
    private static let windowsAtMost = 25
    /// Requests under way from which on a batch that is not full waits.
    private static let fewRequests = 4
    /// Requests under way at most.
    static let requests = 16

    let window: Duration
    let size: Int

    /// What is waiting, and what is on its way.
    struct Situation {
        var waiting: Int
        /// Since the oldest call came.
        var age: Duration
        /// Since the newest came.
        var calm: Duration
        var requests: Int
    }

    /// Whether the oldest calls, as many as fit, leave now.
    func isDue(_ situation: Situation) -> Bool {
        guard situation.waiting > 0, situation.requests < Self.requests else { return false }
        if situation.waiting >= size || situation.age >= window * Self.windowsAtMost { return true }
        guard situation.age >= window else { return false }
        if situation.calm < window, situation.age < window * Self.windowsWhileGrowing { return false }
        return situation.requests < Self.fewRequests
    }
}
