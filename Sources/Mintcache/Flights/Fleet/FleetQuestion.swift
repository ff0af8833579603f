import Caching
import Tokens

/// What one instance fetches for all, as the store that they share holds it.
protocol FleetValue: Sendable {
    /// When its source was first asked for it, in milliseconds since 1970.
    var fetchedAt: Int64 { get }
}

extension TokenRecord: FleetValue {}

/// What a flight that has found nothing good enough wants of the other instances.
struct FleetQuestion<Value: FleetValue>: Sendable {
    let subject: FleetSubject
    /// How many fetches in a row may fail before nobody tries for a while; `nil` to try whatever failed before.
    let attempts: Int?
    /// Milliseconds since 1970: what was fetched then or before will not do.
    var newerThan: Int64
    /// Whether a fetch that was awaited will do though it began then or before.
    var takesAwaited = false
    /// The last purge that was known when the flight began.
    let purge: UInt64
    /// How long to wait for Redis.
    let redisTimeout: Duration
    /// How long to wait for others' fetches in all.
    let patience: Duration
    /// What the shared store holds.
    let stored: @Sendable () async throws(StoreError) -> Value?
    /// Whether a value is fresh, by its own time and by what events and purges say.
    let isFresh: @Sendable (Value) -> Bool
    /// When an event said last that what is asked for has changed, in milliseconds since 1970.
    let lastChange: @Sendable () -> Int64?
    /// The number of the last purge of what is asked for; 0 when there was none.
    let lastPurge: @Sendable () -> UInt64

    /// Whether a value that somebody has stored will do.
    func isAnswered(by value: Value) -> Bool {
        value.fetchedAt > newerThan && isFresh(value)
    }

    /// Whether what a fetch brought that was awaited will do. Like everybody who shares a fetch, one who waited for it
    /// takes what it brought for fresh, unless it began before there was a change: then it may tell the old.
    ///
    /// - Parameters:
    ///   - beginning: when the fetch began.
    ///   - moment: of what it is said to have stored; something older is not what it brought.
    func isAnswered(by value: Value, fetchedSince beginning: Int64, stored moment: Int64) -> Bool {
        guard value.fetchedAt > newerThan || takesAwaited && value.fetchedAt >= moment else { return false }
        guard let change = lastChange() else { return true }
        return beginning >= change && value.fetchedAt >= change
    }
}
