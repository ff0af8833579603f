/// What may be done with a stored response for a request (RFC 9111, section 4).
public enum Reuse: Sendable, Hashable {
    /// Answer with it.
    case fresh
    /// Answer with it and refresh it behind (RFC 5861, section 3).
    case staleWhileRevalidate
    /// Answer with it: the client takes it stale (RFC 9111, section 5.2.1.2).
    case staleOnRequest
    /// Validate it or fetch anew first, for this reason.
    case mustForward(CacheStatus.ForwardReason)
}

extension StoredHead {
    /// What may be done with the response for a request that it matches.
    ///
    /// - Parameters:
    ///   - honouringDirectives: whether the request's Cache-Control and Pragma count.
    ///   - now: milliseconds since 1970.
    public func reuse(for request: RequestFacts, honouringDirectives: Bool, at now: Int64) -> Reuse {
        // Section 3.5.
        guard mayAnswer(request) else { return .mustForward(.request) }
        // Section 5.2.2.4.
        if flags.contains(.noCache) { return .mustForward(.stale) }
        let timeToLive = timeToLive(at: now)
        guard honouringDirectives else { return timeToLive > 0 ? .fresh : staleReuse(timeToLive) }
        // Section 5.2.1.4. It overrules `immutable`, too (RFC 8246, section 2).
        if request.cacheControl.noCache { return .mustForward(.request) }
        return timeToLive > 0
            ? freshReuse(timeToLive, request.cacheControl, at: now)
            : staleReuse(timeToLive, request.cacheControl, at: now)
    }

    /// Whether the response may stand in for an error of the origin's: 500, 502, 503 or 504, or no answer at all
    /// (RFC 5861, section 4).
    ///
    /// A client that asked for validation gets the error: it was told nothing else.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - honouringDirectives: whether the request's Cache-Control and Pragma count.
    public func mayStandIn(
        forErrorAt now: Int64, request: RequestFacts, honouringDirectives: Bool = true
    ) -> Bool {
        guard mayAnswer(request), status < 500, !flags.contains(.noCache) else { return false }
        if honouringDirectives, request.cacheControl.noCache { return false }
        let staleness = -timeToLive(at: now)
        if staleness < 0 { return true }
        return staleness < staleIfError && !flags.contains(.mustRevalidate)
    }

    /// RFC 9111, section 3.5. In override mode the origin never sees whose request it is.
    private func mayAnswer(_ request: RequestFacts) -> Bool {
        !request.hasAuthorization || !flags.isDisjoint(with: [.allowsAuthorized, .isOverride])
    }

    private func freshReuse(_ timeToLive: Int64, _ directives: RequestCacheControl, at now: Int64) -> Reuse {
        // Section 5.2.1.1. RFC 8246, section 2, would have a fresh immutable response validated only on a clear signal
        // such as no-cache: max-age=0 is what browsers send on any reload, and what the directive is there to spare.
        // Within the second in which a response came, 0 would not be less than its age; but nobody who says it wants it.
        if let maxAge = directives.maxAge, maxAge == 0 || age(at: now) > Int64(maxAge), !flags.contains(.immutable) {
            return .mustForward(.request)
        }
        // Section 5.2.1.3.
        if let minFresh = directives.minFresh, timeToLive < Int64(minFresh) { return .mustForward(.request) }
        return .fresh
    }

    /// A stale response, when the request says nothing about it.
    private func staleReuse(_ timeToLive: Int64) -> Reuse {
        // Section 4.2.4.
        if flags.contains(.mustRevalidate) { return .mustForward(.stale) }
        return -timeToLive < staleWhileRevalidate ? .staleWhileRevalidate : .mustForward(.stale)
    }

    private func staleReuse(_ timeToLive: Int64, _ directives: RequestCacheControl, at now: Int64) -> Reuse {
        if flags.contains(.mustRevalidate) { return .mustForward(.stale) }
        // Sections 5.2.1.1 and 5.2.1.3: without max-stale, a client that sets a limit wants nothing stale.
        if directives.minFresh != nil { return .mustForward(.stale) }
        if let maxAge = directives.maxAge, directives.maxStale == nil || age(at: now) > Int64(maxAge) {
            return .mustForward(.stale)
        }
        if -timeToLive < staleWhileRevalidate { return .staleWhileRevalidate }
        guard let maxStale = directives.maxStale, -timeToLive <= Int64(maxStale) else { return .mustForward(.stale) }
        return .staleOnRequest
    }
}
