import Caching
import Tokens

/// What a flight needs to know of itself when it asks the sources.
struct TokenFetch: Sendable {
    let reference: TokenReference
    let purpose: FlightPurpose
    /// What was known when it began.
    let beginning: FlightUpdates.Beginning
    /// Milliseconds since 1970.
    let startedAt: Int64
    /// The best that any tier held.
    var found: FoundRecord?
    /// Set when it fetches for all instances.
    var lease: FetchLease?

    init(
        _ reference: TokenReference, _ purpose: FlightPurpose, since beginning: FlightUpdates.Beginning,
        at startedAt: Int64
    ) {
        self.reference = reference
        self.purpose = purpose
        self.beginning = beginning
        self.startedAt = startedAt
    }

    /// What may stand in when it fails.
    var goodCopy: FoundRecord? { found.flatMap { $0.isGoodCopy ? $0 : nil } }
}

extension FleetQuestion where Value == TokenRecord {
    /// Somebody who demands what the sources say now is content with a fetch that begins after the demand, or was awaited
    /// and so ended after it, and is not put off by failures of before.
    init(_ fetch: TokenFetch, _ search: TierSearch, _ redis: any SharedCache, _ rules: FlightBoard.Rules) {
        let isRenewal = fetch.purpose == .renewal
        let reference = fetch.reference
        self.init(
            subject: .token(reference), attempts: isRenewal ? nil : FleetFetches.attempts,
            newerThan: isRenewal ? fetch.startedAt - 1 : fetch.found?.record.fetchedAt ?? .min,
            takesAwaited: isRenewal,
            purge: fetch.beginning.purge, redisTimeout: rules.redisTimeout,
            patience: rules.fetchTimeout * FleetFetches.attempts,
            stored: { () async throws(StoreError) in
                try await redis.record(for: reference, within: rules.redisTimeout)
            },
            isFresh: { search.isFresh($0, by: rules) },
            lastChange: { search.marks.latest(for: reference)?.moment },
            lastPurge: { search.purges.lastPurge(of: reference) })
    }
}
