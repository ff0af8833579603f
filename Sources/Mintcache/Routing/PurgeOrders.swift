import Caching
import HTTPCaching

/// Purges that follow from unsafe requests. Nobody waits until the others have followed them, as with invalidations.
struct PurgeOrders: Sendable {
    /// Numbers them; nil without others.
    let fleet: (any FleetPurges)?
    let book: PurgeBook
    let time: TimeSource
    let metrics: Metrics

    /// Makes void what was fetched of a URL until now. False when nobody would number it: then nothing was done.
    func purge(_ url: ResourceURL, on route: Route) async -> Bool {
        let scope = PurgeScope.url(url.pathAndQuery, route: route.name)
        do throws(StoreError) {
            let mark = try await order(scope)
            if book.add(mark) { metrics.purges.increment() }
            return true
        } catch {
            metrics.redisFailures.increment()
            return false
        }
    }

    private func order(_ scope: PurgeScope) async throws(StoreError) -> PurgeMark {
        guard let fleet else { return book.number(scope, isSoft: false, at: time.now) }
        return try await fleet.order(scope, isSoft: false, after: book.sequence)
    }
}
