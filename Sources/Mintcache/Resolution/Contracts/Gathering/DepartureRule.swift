import EventLoops

/// When the calls that wait for one chain leave together. Pure.
///
/// A lone call waits for one window. While more keep coming, a batch is held for a few windows until it is full; and
/// while several batches that were not full are on their way, the next one fills up behind them instead. Calls in the
/// background stand back for the others: these look at their own kind alone, and always find some requests left.
struct DepartureRule: Sendable {
    /// For how many windows a batch is held while calls keep coming, and at most in any case.
    private static let windowsWhileGrowing = 5
    private static let windowsAtMost = 25
    /// Requests under way from which on a batch that is not full waits.
    private static let fewRequests = 4
    /// Requests under way at most.
    static let requests = 16
    /// Of them, those that calls in the background leave together with all others.
    static let requestsForBackground = 12

    /// Requests under way from which on those in the background, or all, wait.
    static func places(_ isBackground: Bool) -> Int { isBackground ? requestsForBackground : requests }

    let window: Duration
    let size: Int

    /// What is waiting, and what is on its way.
    struct Situation {
        var waiting: Int
        /// Since the oldest call came.
        var age: Duration
        /// Since the newest came, of the oldest one's kind.
        var calm: Duration
        var requests: Int
        /// How many of the requests have only calls in the background.
        var backgroundRequests = 0
        /// Whether only calls in the background wait.
        var isBackground = false
    }

    /// Whether the oldest calls, as many as fit, leave now.
    func isDue(_ situation: Situation) -> Bool {
        guard situation.waiting > 0, situation.requests < Self.places(situation.isBackground) else { return false }
        if situation.waiting >= size || situation.age >= window * Self.windowsAtMost { return true }
        guard situation.age >= window else { return false }
        if situation.calm < window, situation.age < window * Self.windowsWhileGrowing { return false }
        let ahead = situation.isBackground ? situation.requests : situation.requests - situation.backgroundRequests
        return ahead < Self.fewRequests
    }
}
