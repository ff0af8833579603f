import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// The way of most requests on routes: a URL in its normal spelling, one answer for everybody, still fresh. Allocates
/// nothing; whatever asks for more is left to ``handleRoute(_:_:_:)``.
extension PublicHandler {
    func answerRouteHit(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Bool {
        guard request.method == .get || request.method == .head, !Self.isBuiltIn(request.path),
            let route = rules.routes.route(for: request.path), !Disguise.isAmong(request)
        else { return false }
        let now = shared.time.at(loop.now)
        var keys = RouteKeyWriter(routeKey)
        let scheme = rules.trustedProxies.scheme(of: request)
        guard let key = keys.key(of: request, on: route, scheme: scheme == .https ? "https" : "http"),
            let response = shared.memory.responses(forKey: key, at: now)?.soleVariant
        else { return false }
        let reuse = response.head.reuse(
            for: request.cachingFacts, honouringDirectives: route.rules.honoursRequestDirectives, at: now)
        guard reuse == .fresh else { return false }
        shared.metrics.memoryHits.increment()
        let status = CacheStatus.hit(timeToLive: response.head.timeToLive(at: now), detail: .memory)
        shared.metrics.routes.count(status)
        let answer = StoredAnswerWriter(rules: rules, now: now, requestNumber: number, hasAge: true)
        let (code, bytes) = answer.write(response, status, for: request, to: &writer)
        note(request, number, code, bytes, status, since: loop.now)
        return true
    }

    static func isBuiltIn(_ path: UnsafeRawBufferPointer) -> Bool {
        path.starts(with: "/v1/".utf8) || path.elementsEqual("/healthz".utf8) || path.elementsEqual("/readyz".utf8)
            || isContent(path)
    }

    /// Whether a path is one of content by its address, served here or not.
    private static func isContent(_ path: UnsafeRawBufferPointer) -> Bool {
        path.starts(with: "/ipfs/".utf8) || path.starts(with: "/ipns/".utf8) || path.starts(with: "/ar/".utf8)
    }
}

extension RequestHead {
    /// What the caching rules look at.
    fileprivate var cachingFacts: RequestFacts {
        var directives = RequestCacheControl()
        if self[.cacheControl] != nil {
            forEachValue(of: .cacheControl) { directives.add($0) }
        } else if self[.pragma] != nil {
            forEachValue(of: .pragma) { directives.add(pragma: $0) }
        }
        return RequestFacts(cacheControl: directives, hasAuthorization: self[.authorization] != nil)
    }
}
