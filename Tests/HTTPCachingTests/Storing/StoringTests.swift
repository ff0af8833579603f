import HTTPCaching
import Testing

@Suite("What may be stored (RFC 9111, section 3)")
struct StoringTests {
    private static let fresh = "Cache-Control: max-age=60"

    @Test(
        "stores any final status with explicit freshness, unknown ones too, and keeps its code",
        arguments: [
            200, 201, 203, 204, 299, 300, 301, 302, 303, 307, 308, 399, 400, 401, 403, 404, 405, 410, 414, 418, 451,
            499, 500, 501, 502, 503, 504, 599, 600, 999,
        ])
    func storesAnyStatus(_ status: Int) {
        for line in [Self.fresh, "Cache-Control: s-maxage=60", "Expires: \(date(60))"] {
            let head = decision(response(status, line)).stored
            #expect(head?.status == status && head?.lifetime == 60)
            #expect(head?.flags.contains(.hasExplicitFreshness) == true)
        }
    }

    @Test(
        "never stores interim answers, 304, what answers a condition or a range, and what RFC 6585 forbids",
        arguments: [100, 102, 103, 199, 304, 412, 416, 428, 429, 431, 511])
    func refusesStatuses(_ status: Int) {
        #expect(decision(response(status, Self.fresh, "ETag: \"a\"")).refusal == .status)
    }

    @Test("does not store without freshness and validator; with a validator it is stale at once")
    func needsFreshnessOrValidator() {
        #expect(decision(response()).refusal == .noFreshness)
        #expect(decision(response(200, "Date: \(date(0))", "X: y")).refusal == .noFreshness)
        let tagged = decision(response(200, "ETag: \"a\"")).stored
        #expect(tagged?.lifetime == 0 && tagged?.flags == [])
        #expect(decision(response(200, "Last-Modified: \(date(-5))")).stored?.lifetime == 0)
        #expect(decision(response(200, "Cache-Control: max-age=0")).refusal == .noFreshness)
        #expect(decision(response(200, "Cache-Control: max-age=0", "ETag: \"a\"")).stored?.lifetime == 0)
        #expect(decision(response(200, "Cache-Control: max-age=0, stale-while-revalidate=5")).stored != nil)
        #expect(decision(response(200, "Cache-Control: max-age=9, s-maxage=0, stale-if-error=5")).stored == nil)
    }

    @Test("keeps what came stale for clients who take it so, unless its origin forbids that (5.2.1.2)")
    func keepsStale() {
        #expect(decision(response(200, "Cache-Control: max-age=1500", "Age: 2000")).stored != nil)
        for directive in ["must-revalidate", "proxy-revalidate", "s-maxage=1500", "no-cache"] {
            let answer = response(200, "Cache-Control: max-age=1500, \(directive)", "Age: 2000")
            #expect(decision(answer).refusal == .noFreshness)
        }
    }

    @Test(
        "does not store a status that may not be guessed about and says nothing, validator or not",
        arguments: [201, 202, 302, 303, 307, 400, 401, 403, 500, 502, 503, 504, 599])
    func needsALifetimeForOtherStatuses(_ status: Int) {
        #expect(decision(response(status, "ETag: \"a\"", "Last-Modified: \(date(-1_000))")).refusal == .noFreshness)
        let open = response(status, "Last-Modified: \(date(-1_000))", "Cache-Control: public")
        #expect(decision(open).stored?.lifetime == 100)
    }

    @Test("never stores no-store and private, whatever stands beside (5.2.2.5, 5.2.2.7)")
    func refusesProhibited() {
        #expect(decision(response(200, "Cache-Control: no-store, max-age=60, public")).refusal == .noStore)
        #expect(decision(response(200, Self.fresh, "Cache-Control: NO-STORE", "ETag: \"a\"")).refusal == .noStore)
        #expect(decision(response(200, "Cache-Control: private, s-maxage=60")).refusal == .private)
        #expect(decision(response(200, "Cache-Control: max-age=60, private=\"x\"")).refusal == .private)
    }

    @Test("stores no-cache, with field names or without, to be validated each time (5.2.2.4)")
    func storesNoCache() {
        for directive in ["no-cache", "no-cache=\"x\""] {
            let head = decision(response(200, "Cache-Control: max-age=60, \(directive)", "ETag: \"a\"")).stored
            #expect(head?.flags.contains(.noCache) == true)
            #expect(head?.reuse(after: 0) == .mustForward(.stale))
        }
        #expect(decision(response(200, "Cache-Control: max-age=60, no-cache")).refusal == .noFreshness)
    }

    @Test("obeys must-understand, and beside it no-store only when the status is unknown (5.2.2.3)")
    func obeysMustUnderstand() {
        for status in [200, 203, 204, 301, 404, 410, 500, 503] {
            #expect(decision(response(status, "Cache-Control: must-understand, no-store, max-age=60")).stored != nil)
            #expect(decision(response(status, "Cache-Control: must-understand, max-age=60")).stored != nil)
        }
        for status in [299, 418, 499, 599, 999] {
            for field in ["must-understand, no-store, max-age=60", "must-understand, max-age=60, public"] {
                #expect(decision(response(status, "Cache-Control: \(field)")).refusal == .mustUnderstand)
            }
        }
        #expect(decision(response(200, "Cache-Control: must-understand, private, max-age=60")).refusal == .private)
    }

    @Test(
        "shares answers to requests with Authorization only where the origin says so (3.5)",
        arguments: [
            ("max-age=60", false), ("max-age=60, public", true), ("max-age=60, must-revalidate", true),
            ("s-maxage=60", true), ("max-age=60, proxy-revalidate", false), ("max-age=60, immutable", false),
            ("max-age=60, public=x", false), ("max-age=60, public, private", false),
        ])
    func refusesAuthorized(_ field: String, _ isStored: Bool) {
        let answer = response(200, "Cache-Control: \(field)")
        let result = decision(answer, with: ["Authorization: Basic eA=="])
        #expect((result.stored != nil) == isStored)
        if field == "max-age=60" { #expect(result.refusal == .authorization) }
    }

    @Test("obeys no-store of a request where the route honours that (5.2.1.5)")
    func obeysRequest() {
        let answer = response(200, Self.fresh)
        #expect(decision(answer, with: ["Cache-Control: no-store"]).refusal == .requestNoStore)
        let deaf = CachingRules(honoursRequestDirectives: false)
        #expect(decision(answer, with: ["Cache-Control: no-store"], by: deaf).stored != nil)
    }

    @Test("never stores what varies by anything (4.1)")
    func refusesVaryAny() {
        #expect(decision(response(200, Self.fresh, "Vary: *")).refusal == .varyAny)
        #expect(decision(response(200, Self.fresh, "Vary: accept", "Vary: foo, *")).refusal == .varyAny)
        let varied = decision(response(200, Self.fresh, "Vary: X-A"), with: ["x-a: 1"]).stored
        #expect(varied?.variant.names == ["x-a"])
    }

    @Test("adds what the route varies by")
    func addsVaryFields() {
        let rules = CachingRules(varyFields: ["accept-language"])
        let head = decision(response(200, Self.fresh, "Vary: X-A"), by: rules).stored
        #expect(head?.variant.names == ["accept-language", "x-a"])
    }

    @Test("stores and replays Set-Cookie where the route does")
    func followsSetCookieRule() {
        let answer = response(200, Self.fresh, "Set-Cookie: a=b")
        #expect(decision(answer).stored?.fields["set-cookie"] == Array("a=b".utf8))
        #expect(decision(answer, by: CachingRules(storesSetCookie: false)).refusal == .setCookie)
    }

    @Test(
        "stores answers to GET and to no other method but POST",
        arguments: ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "M-SEARCH", "get", ""])
    func refusesMethods(_ method: String) {
        #expect(decision(response(200, Self.fresh), to: method).refusal == .method)
    }

    @Test("stores a part that can be told from others and does not contradict itself (3.3; RFC 9110, section 15.3.7)")
    func storesParts() {
        let range = "Content-Range: bytes 0-4/10"
        let part = decision(response(206, Self.fresh, "ETag: \"a\"", range)).stored
        #expect(part?.partial == PartialExtent(first: 0, last: 4, complete: 10))
        #expect(decision(response(206, Self.fresh, "ETag: \"a\"")).refusal == .partial)
        #expect(decision(response(206, Self.fresh, range)).refusal == .partial)
        #expect(decision(response(206, Self.fresh, "ETag: \"a\"", range, "Content-Length: 6")).refusal == .partial)
        #expect(decision(response(200, Self.fresh, "ETag: \"a\"", range)).stored?.partial == nil)
    }

    @Test("stores the answer to a POST that says it is this URL's content, and for how long (RFC 9110, section 9.3.3)")
    func storesPost() throws {
        let url = try #require(
            ResourceURL(scheme: "https", authority: Array("a.example".utf8), target: Array("/x?q".utf8)))
        func post(_ status: Int = 200, _ lines: String...) -> StorageDecision {
            decision(response(status, lines), to: "POST", at: url)
        }
        #expect(post(200, Self.fresh, "Content-Location: /x?q").stored?.lifetime == 60)
        #expect(post(201, Self.fresh, "Content-Location: https://A.example:443/x?q").stored != nil)
        #expect(post(200, Self.fresh).refusal == .method)
        #expect(post(200, Self.fresh, "Content-Location: /x").refusal == .method)
        #expect(post(200, Self.fresh, "Content-Location: https://b.example/x?q").refusal == .method)
        #expect(post(200, "ETag: \"a\"", "Last-Modified: \(date(-9_000))", "Content-Location: /x?q").refusal == .method)
        #expect(post(404, Self.fresh, "Content-Location: /x?q").refusal == .method)
        #expect(post(200, Self.fresh, "Content-Location: /x?q", "Cache-Control: private").refusal == .private)
    }
}

@Suite("Stale windows (RFC 5861)")
struct StaleWindowTests {
    private func windows(_ field: String, status: Int = 200, route: Int64 = 0) -> [Int64]? {
        let rules = CachingRules(staleWhileRevalidate: route, staleIfError: route * 2)
        let head = decision(response(status, "Cache-Control: max-age=60\(field)"), by: rules).stored
        return head.map { [$0.staleWhileRevalidate, $0.staleIfError] }
    }

    @Test("are the origin's, else the route's, else none")
    func goByOriginThenRoute() {
        #expect(windows("") == [0, 0])
        #expect(windows(", stale-while-revalidate=5, stale-if-error=6") == [5, 6])
        #expect(windows("", route: 7_000) == [7, 14])
        #expect(windows("", route: 1) == [1, 1])
        #expect(windows(", stale-while-revalidate=0", route: 7_000) == [0, 14])
        #expect(windows(", stale-if-error=99999999999", route: 7_000) == [7, 1 << 31])
    }

    @Test("are none where the origin forbids stale use (RFC 9111, section 4.2.4)")
    func areNoneWhereForbidden() {
        for directive in ["must-revalidate", "proxy-revalidate", "s-maxage=60"] {
            #expect(windows(", \(directive), stale-while-revalidate=5, stale-if-error=6", route: 7_000) == [0, 0])
        }
    }

    @Test("of the route are not for errors")
    func areNotForErrors() {
        #expect(windows("", status: 500, route: 7_000) == [0, 0])
        #expect(windows("", status: 404, route: 7_000) == [7, 14])
        #expect(windows(", stale-while-revalidate=5", status: 500) == [5, 0])
    }
}
