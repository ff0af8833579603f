/// Why a flight was started.
enum FlightPurpose: Sendable {
    /// A client waits: the best copy any tier holds will do.
    case answer
    /// A stale copy was sent: a fresh one is wanted, from wherever it is.
    case revalidation
    /// An operator asked for what the source says now.
    case renewal
}
