import Testing

@testable import HTTPCaching

@Suite("Targeted cache control (RFC 9213)")
struct TargetedCacheControlTests {
    private func policy(_ lines: String...) -> CachingPolicy { CachingPolicy(header(lines)) }

    @Test("goes by the target list: our own field, then CDN-Cache-Control, then Cache-Control (2.2)")
    func goesByTheTargetList() {
        let own = policy(
            "Cache-Control: max-age=1", "CDN-Cache-Control: max-age=2", "Mintcache-Cache-Control: max-age=3")
        #expect(own.directives.maxAge == 3 && own.isTargeted)
        let cdn = policy(
            "CDN-Cache-Control: max-age=2", "Cache-Control: no-store", "Mintcache-Cache-Control: max-age=?")
        #expect(cdn.directives.maxAge == 2 && !cdn.directives.noStore && cdn.isTargeted)
        let plain = policy("cache-control: max-age=1")
        #expect(plain.directives.maxAge == 1 && !plain.isTargeted)
    }

    @Test(
        "ignores a field that is empty, malformed, or has a known directive of the wrong type (2.1)",
        arguments: [
            "", " ", "max-age=10000, &&&&&", "max-age=\"10000\"", "max-age=1.5", "max-age=abc", "max-age",
            "max-age=(1)",
            "max-age =100", "max-age= 100", "MaX-aGe=3600", "s-maxage=\"1\"", "stale-if-error=tok",
            "stale-while-revalidate=?1", "no-store=1", "no-store=\"x\"", "public=yes", "private=token", "no-cache=1",
            "no-cache=(\"a\")", "must-revalidate=\"\"", "immutable=1", "proxy-revalidate=0", "must-understand=a",
        ])
    func ignoresWhole(_ value: String) {
        let policy = policy("CDN-Cache-Control: \(value)", "Cache-Control: max-age=7")
        #expect(policy.directives.maxAge == 7 && !policy.isTargeted)
    }

    @Test("reads directives as their types say, and unknown ones not at all (2.1)")
    func readsDirectives() {
        let all = policy(
            "CDN-Cache-Control: public, s-maxage=5;p=1, max-age=99999999999, foo, bar=(1 2)",
            "CDN-Cache-Control: must-revalidate;x, no-cache=\"a, b\", stale-if-error=9, stale-while-revalidate=8"
        ).directives
        #expect(all.isPublic && all.mustRevalidate && all.noCache && !all.isPrivate && !all.noStore)
        #expect(all.sharedMaxAge == 5 && all.maxAge == 1 << 31)
        #expect(all.staleIfError == 9 && all.staleWhileRevalidate == 8)
        #expect(policy("CDN-Cache-Control: private=\"x\"").directives.isPrivate)
        #expect(!policy("CDN-Cache-Control: no-store=?0, max-age=1").directives.noStore)
        #expect(policy("CDN-Cache-Control: max-age=-1").directives.maxAge == 0)
    }

    @Test("takes the last of a repeated directive, as dictionaries do")
    func takesTheLast() {
        #expect(policy("CDN-Cache-Control: max-age=1, max-age=9").directives.maxAge == 9)
        #expect(policy("CDN-Cache-Control: max-age=\"x\", max-age=9").directives.maxAge == 9)
    }

    @Test("replaces Cache-Control and Expires even where it says nothing of lifetimes (2.2, 3.1)")
    func replaces() {
        let unknown = response(
            200, "CDN-Cache-Control: none", "Cache-Control: no-store, max-age=9", "Expires: \(date(100))",
            "Date: \(date(0))")
        #expect(decision(unknown).refusal == .noFreshness)
        let fresh = response(200, "CDN-Cache-Control: max-age=9", "Cache-Control: no-store", "Expires: 0")
        #expect(decision(fresh).stored?.lifetime == 9)
        let noStore = response(200, "CDN-Cache-Control: no-store", "Cache-Control: max-age=10000")
        #expect(decision(noStore).refusal == .noStore)
        let short = response(200, "CDN-Cache-Control: max-age=0", "Expires: \(date(1000))", "ETag: \"a\"")
        #expect(decision(short).stored?.lifetime == 0)
    }
}
