import Caching
import HTTPCaching
import UpstreamFetching

/// Turns what a fetch came to into one request's answer and its `Cache-Status` (RFC 9211).
struct RouteConclusion {
    let request: RouteRequest
    /// Milliseconds since 1970.
    let now: Int64

    func answer(_ landing: RouteLanding, _ boarding: RouteNews.Boarding) -> RouteAnswer {
        switch landing {
        case .held(let found):
            let status = CacheStatus.hit(timeToLive: found.response.head.timeToLive(at: now), detail: found.tier)
            return .whole(found.response, status, hasAge: true)
        case .fetched(let answer):
            let status = fetched(answer.response.head, answer.refusal, boarding)
            return .whole(answer.response, status, hasAge: answer.hasAge)
        case .validated(let response, let isKept):
            var status = CacheStatus.forwarded(
                boarding.reason, status: 304, stored: isKept && !boarding.isCollapsed, collapsed: boarding.isCollapsed)
            status.timeToLive = response.head.timeToLive(at: now)
            return .whole(response, status, hasAge: true)
        case .standIn(let response, let detail):
            return .whole(response, standIn(response.head, detail), hasAge: true)
        case .problem(let problem):
            return .problem(
                problem, .forwarded(boarding.reason, status: problem.upstreamStatus, collapsed: boarding.isCollapsed))
        case .flowing:
            return .nobody
        }
    }

    func answer(_ answer: FlowingAnswer, _ reader: BodyReader, _ boarding: RouteNews.Boarding) -> RouteAnswer {
        var status = fetched(answer.head, answer.refusal, boarding)
        // One of unknown length may still turn out too long.
        if answer.contentLength == nil { status.isStored = false }
        return .flowing(answer, reader, status)
    }

    /// What is stored, when it may be used although the upstream gave nothing.
    func standIn(_ stored: CachedResponse?) -> RouteAnswer? {
        guard let stored, request.mayFallBack(on: stored, at: now) else { return nil }
        return .whole(stored, standIn(stored.head, .originTimeout), hasAge: true)
    }

    private func fetched(
        _ head: StoredHead, _ refusal: StorageRefusal?, _ boarding: RouteNews.Boarding
    ) -> CacheStatus {
        var status = CacheStatus.forwarded(
            boarding.reason, status: head.status, stored: refusal == nil && !boarding.isCollapsed,
            collapsed: boarding.isCollapsed)
        if let refusal {
            // A route that keeps nothing needs no reason.
            if boarding.reason != .bypass { status.detail = .refusal(refusal) }
        } else {
            status.timeToLive = head.timeToLive(at: now)
        }
        return status
    }

    private func standIn(_ head: StoredHead, _ detail: CacheStatus.Detail) -> CacheStatus {
        var status = CacheStatus(.forwarded(.stale))
        status.timeToLive = head.timeToLive(at: now)
        status.detail = detail
        return status
    }
}
