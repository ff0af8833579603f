import HTTPCaching

/// One fetch of what somebody asked for.
struct RouteFetch: Sendable {
    enum Purpose: Sendable, Hashable {
        /// A client waits; as a retry, after another client was given an error of the upstream's.
        case answer(isRetry: Bool)
        /// A stale answer was sent, and a fresh one is wanted.
        case refresh
    }

    /// Counts up from fetch to fetch.
    let number: UInt64
    let key: RouteFlightKey
    /// The first who asked: its fields are what the upstream gets.
    let request: RouteRequest
    let purpose: Purpose
    /// ``PurgeBook/sequence`` when it began.
    let purgeSequence: UInt64
    /// Why the tiers were not enough.
    var reason = CacheStatus.ForwardReason.uriMiss
}
