import Caching
import HTTPCaching

/// What there is of a token, on its way into a batch.
struct BatchDelivery: Sendable {
    let status: Int
    /// The token object, or a problem document.
    let body: SharedBytes
    /// `nil` where the cache neither held it nor asked for it.
    let handling: Handling?

    /// What the cache did.
    struct Handling: Sendable {
        let cache: CacheStatus
        /// Milliseconds since 1970.
        let fetchedAt: Int64
    }

    init(_ entry: CacheEntry, _ cache: CacheStatus) {
        status = entry.answer.status
        body = entry.answer.identity.body
        handling = Handling(cache: cache, fetchedAt: entry.times.fetchedAt)
    }

    init(_ problem: Problem, _ handling: Handling? = nil) {
        status = problem.status
        body = SharedBytes(copying: problem.document)
        self.handling = handling
    }
}
