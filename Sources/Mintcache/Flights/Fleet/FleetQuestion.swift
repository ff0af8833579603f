import Caching
import Tokens

/// What a flight that has found nothing good enough wants of the other instances.
struct FleetQuestion: Sendable {
    let reference: TokenReference
    /// How many fetches in a row may fail before nobody tries for a while; `nil` to try whatever failed before.
    let attempts: Int?
    /// Milliseconds since 1970: what was fetched then or before will not do.
    var newerThan: Int64
    /// How long to wait for Redis.
    let redisTimeout: Duration
    /// How long to wait for others' fetches in all.
    let patience: Duration
    /// Whether a record is fresh, by its own time and by what events say.
    let isFresh: @Sendable (TokenRecord) -> Bool
    /// When an event said last that the token has changed, in milliseconds since 1970.
    let lastChange: @Sendable () -> Int64?

    /// Whether a record that somebody has stored will do.
    func isAnswered(by record: TokenRecord) -> Bool {
        record.fetchedAt > newerThan && isFresh(record)
    }

    /// Whether what a fetch brought that was awaited will do. Like everybody who shares a fetch, one who waited for it
    /// takes what it brought for fresh, unless it began before the token changed: then it may tell the old.
    func isAnswered(by record: TokenRecord, fetchedSince beginning: Int64) -> Bool {
        guard record.fetchedAt > newerThan else { return false }
        guard let change = lastChange() else { return true }
        return beginning >= change && record.fetchedAt >= change
    }
}
