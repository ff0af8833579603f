/// How long past its freshness a response may still be used, in seconds (RFC 5861).
struct StaleWindows: Sendable, Hashable {
    let whileRevalidate: Int64
    let ifError: Int64

    /// What the origin permits, or the route where the origin says nothing; nothing where the origin forbids stale use
    /// (RFC 9111, section 4.2.4).
    init(byOrigin policy: CachingPolicy, status: Int, _ rules: CachingRules) {
        let directives = policy.directives
        guard !directives.forbidsStale, !directives.noCache else {
            (whileRevalidate, ifError) = (0, 0)
            return
        }
        let route = Self(byRoute: rules, status: status)
        whileRevalidate = directives.staleWhileRevalidate ?? route.whileRevalidate
        ifError = directives.staleIfError ?? route.ifError
    }

    /// What the route permits. An error is not worth keeping beyond its time.
    init(byRoute rules: CachingRules, status: Int) {
        guard status < 500, status != 429 else {
            (whileRevalidate, ifError) = (0, 0)
            return
        }
        whileRevalidate = Self.seconds(rules.staleWhileRevalidate)
        ifError = Self.seconds(rules.staleIfError)
    }

    /// Milliseconds as whole seconds, a part of one as one.
    static func seconds(_ milliseconds: Int64) -> Int64 {
        Seconds.held(milliseconds / 1_000 + (milliseconds % 1_000 > 0 ? 1 : 0))
    }
}
