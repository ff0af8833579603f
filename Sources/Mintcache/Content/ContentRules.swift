import HTTPCaching

/// How long content is kept, and what clients are told about it.
struct ContentRules: Sendable {
    /// Milliseconds.
    let ttl: Int64
    let nameTTL: Int64
    let negativeTTL: Int64
    let errorTTL: Int64
    let staleWhileRevalidate: Int64
    let staleIfError: Int64

    init(_ configuration: Configuration) {
        ttl = configuration.content.ttl.wholeMilliseconds
        nameTTL = configuration.content.nameTTL.wholeMilliseconds
        negativeTTL = configuration.cache.negativeTTL.wholeMilliseconds
        errorTTL = configuration.cache.errorTTL.wholeMilliseconds
        staleWhileRevalidate = configuration.cache.staleWhileRevalidate.wholeMilliseconds
        staleIfError = configuration.cache.staleIfError.wholeMilliseconds
    }

    /// What the path gateway's specification wants said of content that cannot change.
    static let immutable = "public, max-age=29030400, immutable"

    /// Of content that cannot change.
    var forContent: CachingRules { rules(ttl, whileRevalidate: staleWhileRevalidate, ifError: staleIfError) }

    /// Of what a name leads to.
    ///
    /// - Parameter seconds: how long that is believed.
    func forName(_ seconds: Int64) -> CachingRules { rules(seconds * 1000, whileRevalidate: 0, ifError: staleIfError) }

    /// Of answers that there is nothing, and of failures.
    var forProblems: CachingRules { rules(0, whileRevalidate: 0, ifError: 0) }

    private func rules(_ lifetime: Int64, whileRevalidate: Int64, ifError: Int64) -> CachingRules {
        let lifetimes = OverrideLifetimes(
            document: lifetime, negative: negativeTTL, redirect: 0, error: errorTTL, byStatus: [451: negativeTTL])
        return CachingRules(
            mode: .override(lifetimes), honoursRequestDirectives: true, storesSetCookie: false,
            staleWhileRevalidate: whileRevalidate, staleIfError: ifError)
    }

    /// How long is believed what a name leads to, in seconds: as long as the gateway says, and no longer than is
    /// configured; `nil` when the gateway does not say.
    func nameLifetime(_ fields: HeaderFields) -> Int64? {
        let directives = ResponseCacheControl(fields)
        guard !directives.noCache, !directives.noStore, let maximum = directives.maxAge else { return nil }
        let age = fields["age"].flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
        return min(max(0, maximum - max(0, age)), nameTTL / 1000)
    }
}
