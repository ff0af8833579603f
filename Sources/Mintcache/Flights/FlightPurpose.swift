/// Why a flight was started.
enum FlightPurpose: Sendable {
    /// A client waits: the best copy any tier holds will do.
    case answer
    /// A stale copy was sent: a fresh one is wanted, from wherever it is.
    case revalidation
    /// An operator asked for what the source says now.
    case renewal
}

/// What became of the wish to have a token's sources asked.
enum Renewal: Sendable {
    case started
    /// A flight is under way already.
    case queued
    /// There are as many flights as there may be.
    case refused
}
