extension StoredHead {
    /// Seconds since the origin made or validated the response, 0 to 2^31: `current_age` of RFC 9111, section 4.2.3.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func age(at now: Int64) -> Int64 {
        Seconds.held(Seconds.held(initialAge) + Seconds.between(responseTime, now))
    }

    /// Seconds of freshness left; zero or less when the response is stale (section 4.2).
    ///
    /// - Parameter now: milliseconds since 1970.
    public func timeToLive(at now: Int64) -> Int64 { Seconds.held(lifetime) - age(at: now) }

    /// When the response stops, or stopped, being fresh, in milliseconds since 1970.
    public var freshUntil: Int64 { Seconds.after(responseTime, Seconds.held(lifetime) - Seconds.held(initialAge)) }

    /// Until when a store has any use for the response, in milliseconds since 1970.
    ///
    /// Past its freshness and the times in which it may be used stale, it is of use while it can be validated, or for
    /// clients who take it stale (section 5.2.1.2).
    public var usefulUntil: Int64 {
        let stale = max(0, staleWhileRevalidate, staleIfError)
        return Seconds.after(max(freshUntil, responseTime), min(stale, Seconds.limit) + retention)
    }

    private static let day: Int64 = 86_400

    private var retention: Int64 {
        if hasValidator { return max(lifetime, Self.day) }
        if !flags.isDisjoint(with: [.noCache, .mustRevalidate]) { return 0 }
        return max(60, min(lifetime, Self.day))
    }
}
