import Tokens

/// Why a flight was started.
enum FlightPurpose: Sendable {
    /// A client waits: the best copy any tier holds will do.
    case answer
    /// A stale copy was sent: a fresh one is wanted, from wherever it is.
    case revalidation
    /// An operator asked for what the source says now.
    case renewal
}

/// The failures of a short while ago, so that they are not repeated for everybody who asks. Bounded: when full, what is
/// over goes first, then everything.
struct RememberedFailures {
    private static let capacity = 10_000

    private var failures: [TokenReference: (problem: Problem, until: Int64)] = [:]

    /// Times in milliseconds since 1970.
    func problem(for reference: TokenReference, at now: Int64) -> Problem? {
        guard let failure = failures[reference], now < failure.until else { return nil }
        return failure.problem
    }

    mutating func remember(_ problem: Problem, of reference: TokenReference, until: Int64, at now: Int64) {
        if failures.count >= Self.capacity {
            failures = failures.filter { now < $0.value.until }
            if failures.count >= Self.capacity { failures.removeAll() }
        }
        failures[reference] = (problem, until)
    }
}
