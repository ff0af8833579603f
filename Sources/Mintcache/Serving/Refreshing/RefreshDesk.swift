import EventLoops
import HTTPCaching
import Synchronization
import Tokens

/// Takes clients' wishes to have tokens fetched anew: one for each token and cool-down, counted in this process.
///
/// May be asked from any loop.
final class RefreshDesk: Sendable {
    enum Verdict: Sendable, Equatable {
        /// The sources are being asked.
        case underWay
        /// They will be, as soon as the fetch that is under way has ended: it may have begun before what the client
        /// wants to be seen.
        case queued
        /// The token was refreshed a short while ago; the next wish is heard in so many seconds, at least 1.
        case coolingDown(seconds: Int)
        /// Too much is being fetched already.
        case overloaded
    }

    private let board: FlightBoard
    private let time: TimeSource
    private let metrics: Metrics
    private let cooldowns: Mutex<Cooldowns>

    init(board: FlightBoard, time: TimeSource, metrics: Metrics, cooldown: Duration) {
        self.board = board
        self.time = time
        self.metrics = metrics
        cooldowns = Mutex(Cooldowns(length: cooldown.wholeMilliseconds))
    }

    /// Takes what a reload changed. Cool-downs under way get the new length.
    func adopt(cooldown: Duration) {
        cooldowns.withLock { $0.length = cooldown.wholeMilliseconds }
    }

    /// Has a token fetched anew behind, unless that was done a short while ago.
    func request(_ reference: TokenReference) async -> Verdict {
        let now = time.now
        if let left = cooldowns.withLock({ $0.begin(for: reference, at: now) }) {
            metrics.refreshesCoolingDown.increment()
            return .coolingDown(seconds: Int((left + 999) / 1000))
        }
        switch await board.renew(reference, again: true) {
        case .started:
            metrics.refreshesAccepted.increment()
            return .underWay
        case .queued:
            metrics.refreshesAccepted.increment()
            return .queued
        case .refused:
            cooldowns.withLock { $0.cancel(for: reference) }
            return .overloaded
        }
    }
}

/// When tokens were last refreshed. All cool-downs have one length, so they end in the order in which they began.
/// Bounded: when full, the oldest is forgotten.
struct Cooldowns {
    static let capacity = 65_536

    /// Milliseconds.
    var length: Int64
    private var beginnings: [TokenReference: Int64] = [:]
    private var order: [(reference: TokenReference, beginning: Int64)] = []
    /// Where `order` begins: what is before has been forgotten.
    private var first = 0

    init(length: Int64) {
        self.length = length
    }

    var count: Int { beginnings.count }

    /// Begins a cool-down, unless one is under way: then tells how many milliseconds are left of it.
    ///
    /// - Parameter now: milliseconds since 1970.
    mutating func begin(for reference: TokenReference, at now: Int64) -> Int64? {
        forgetEnded(at: now)
        if let beginning = beginnings[reference] { return max(1, beginning + length - now) }
        guard length > 0 else { return nil }
        if beginnings.count >= Self.capacity { forgetFirst() }
        beginnings[reference] = now
        order.append((reference, now))
        return nil
    }

    /// Takes a cool-down back, for a refresh that did not come about.
    mutating func cancel(for reference: TokenReference) {
        beginnings[reference] = nil
    }

    private mutating func forgetEnded(at now: Int64) {
        while first < order.count, now - order[first].beginning >= length { forgetFirst() }
    }

    private mutating func forgetFirst() {
        let (reference, beginning) = order[first]
        // One that was taken back may have begun again since.
        if beginnings[reference] == beginning { beginnings[reference] = nil }
        first += 1
        guard first > order.count / 2 else { return }
        order.removeFirst(first)
        first = 0
    }
}
