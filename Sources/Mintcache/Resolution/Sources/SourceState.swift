import EventLoops
import Synchronization
import UpstreamFetching

/// How one source is doing: what it came to, whether it is left alone after failures, how much of its budget is used.
final class SourceState: Sendable {
    /// What asking it about one token came to.
    enum Outcome: String, CaseIterable, Sendable {
        case documents, missing, unusable, unknown, failures

        init(_ answer: SourceAnswer?) {
            switch answer?.finding {
            case .document, .archived: self = .documents
            case .missing: self = .missing
            case .unusable: self = .unusable
            case nil: self = .unknown
            }
        }
    }

    enum Admission: Equatable {
        case granted(CircuitBreaker.Pass)
        case overBudget
        /// It failed several times in a row.
        case leftAlone
    }

    private struct Contents {
        var breaker: CircuitBreaker
        var ledger = RequestLedger()
        var lastFailure: String?
    }

    /// A source that rejects everything is asked once in half a minute, one that failed for a moment much sooner.
    private static let limits: BreakerLimits = {
        var limits = BreakerLimits()
        limits.firstPause = .seconds(1)
        limits.longestPause = .seconds(30)
        limits.probeInterval = .seconds(5)
        return limits
    }()

    let name: String
    /// Requests sent to a provider's API, which are those that cost money.
    let requests = Counter()
    /// Failures without a request, because of the budget or of earlier failures.
    let skipped = Counter()
    private let outcomes = Outcome.allCases.map { ($0, Counter()) }
    private let contents = Mutex(Contents(breaker: CircuitBreaker(SourceState.limits)))

    init(name: String) {
        self.name = name
    }

    func count(_ outcome: Outcome) {
        outcomes.first { $0.0 == outcome }?.1.increment()
    }

    func total(_ outcome: Outcome) -> UInt64 {
        outcomes.first { $0.0 == outcome }?.1.current ?? 0
    }

    // MARK: Asking a provider

    /// Whether a request may be sent now. One that is granted counts against the budget.
    ///
    /// - Parameter isBackground: whether to leave a quarter of the budget to others.
    func admit(
        within budget: [RequestRate], at now: MonotonicTime, isBackground: Bool = UpstreamPriority.isBackground
    ) -> Admission {
        let budget = isBackground ? budget.map(\.reduced) : budget
        let admission = contents.withLock { contents -> Admission in
            if contents.breaker.refusal(at: now) != nil { return .leftAlone }
            guard contents.ledger.take(within: budget, at: now) else { return .overBudget }
            return .granted(contents.breaker.admit(now))
        }
        switch admission {
        case .granted: requests.increment()
        case .overBudget, .leftAlone: skipped.increment()
        }
        return admission
    }

    func succeed(at now: MonotonicTime) {
        contents.withLock { $0.breaker.succeed(now) }
    }

    /// The source itself failed, whatever the token. True when it is left alone from now on.
    func fail(_ pass: CircuitBreaker.Pass, _ label: String, at now: MonotonicTime) -> Bool {
        contents.withLock { contents in
            let wasClosed = contents.breaker.isClosed
            contents.breaker.fail(pass, now, chance: .random(in: 0..<1))
            contents.lastFailure = label
            return wasClosed && !contents.breaker.isClosed
        }
    }

    // MARK: Looking at it

    var isHealthy: Bool { contents.withLock { $0.breaker.isClosed } }
    var lastFailure: String? { contents.withLock { $0.lastFailure } }

    func used(of rate: RequestRate, at now: MonotonicTime) -> Int {
        contents.withLock { $0.ledger.used(of: rate, at: now) }
    }
}

/// The states of all sources by name. They outlive reloads: a new configuration neither fills budgets up nor forgets
/// who fails.
final class SourceStates: Sendable {
    private let states = Mutex<[String: SourceState]>([:])

    /// The states of these sources; those of all others are forgotten.
    func states(of names: [String]) -> [String: SourceState] {
        states.withLock { states in
            let current = names.map { ($0, states[$0] ?? SourceState(name: $0)) }
            states = Dictionary(current) { first, _ in first }
            return states
        }
    }

    subscript(name: String) -> SourceState? { states.withLock { $0[name] } }
}
