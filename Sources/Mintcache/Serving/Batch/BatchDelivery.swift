import Caching
import HTTPCaching

/// What there is of a token, on its way into a batch.
struct BatchDelivery: Sendable {
    let status: Int
    /// The token object, or a problem document.
    let body: SharedBytes
    /// Milliseconds since 1970.
    let fetchedAt: Int64
    /// What the cache did; `nil` where it did not come that far.
    let cache: CacheStatus?

    init(_ entry: CacheEntry, _ cache: CacheStatus) {
        status = entry.answer.status
        body = entry.answer.identity.body
        fetchedAt = entry.times.fetchedAt
        self.cache = cache
    }

    init(_ problem: Problem, now: Int64, _ cache: CacheStatus? = nil) {
        status = problem.status
        body = SharedBytes(copying: problem.document)
        fetchedAt = now
        self.cache = cache
    }
}
