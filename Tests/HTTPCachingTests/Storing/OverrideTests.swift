import HTTPCaching
import Testing

@Suite("Storing by the route's word")
struct OverrideTests {
    private static let lifetimes = OverrideLifetimes(
        document: 60_000, negative: 5_000, redirect: 30_000, error: 2_000, byStatus: [403: 9_000, 503: 0])
    private static let rules = CachingRules(mode: .override(lifetimes))

    @Test(
        "goes by status",
        arguments: [
            (200, 60), (204, 60), (299, 60), (301, 30), (302, 30), (307, 30), (404, 5), (410, 5), (403, 9), (400, 2),
            (429, 2), (500, 2), (504, 2),
        ] as [(Int, Int64)])
    func goesByStatus(_ status: Int, _ seconds: Int64) {
        let head = decision(response(status), by: Self.rules).stored
        #expect(head?.timeToLive(at: arrivalTime) == seconds)
        #expect(head?.flags == [.isOverride, .hasExplicitFreshness])
    }

    @Test("stores nothing for no time, and never what answers a condition or a range")
    func refuses() {
        #expect(decision(response(503, "ETag: \"a\""), by: Self.rules).refusal == .noFreshness)
        for status in [103, 304, 412, 416] {
            let named = OverrideLifetimes(document: 1, negative: 1, redirect: 1, error: 1, byStatus: [status: 60_000])
            #expect(decision(response(status), by: CachingRules(mode: .override(named))).refusal == .status)
        }
        #expect(decision(response(305), by: Self.rules).refusal == .status)
    }

    @Test(
        "passes over what the origin says",
        arguments: [
            "Cache-Control: no-store", "Cache-Control: private", "Cache-Control: no-cache, must-revalidate",
            "Cache-Control: max-age=1", "Expires: 0", "Vary: *", "Vary: X-A", "Pragma: no-cache",
            "CDN-Cache-Control: no-store",
            "Cache-Control: must-understand, no-store",
        ])
    func passesOver(_ line: String) throws {
        let head = try #require(decision(response(200, line), by: Self.rules).stored)
        #expect(head.reuse(after: 59) == .fresh && head.reuse(after: 60) == .mustForward(.stale))
        #expect(head.variant.names.isEmpty)
    }

    @Test("never shares cookies, and obeys no request unless told to")
    func staysSafe() {
        #expect(decision(response(200, "Set-Cookie: a=b"), by: Self.rules).refusal == .setCookie)
        #expect(decision(response(), with: ["Cache-Control: no-store"], by: Self.rules).stored != nil)
        let polite = CachingRules(mode: .override(Self.lifetimes), honoursRequestDirectives: true)
        #expect(decision(response(), with: ["Cache-Control: no-store"], by: polite).refusal == .requestNoStore)
        #expect(decision(response(), to: "POST", by: Self.rules).refusal == .method)
    }

    @Test("answers requests with Authorization, which the origin never saw")
    func answersAuthorized() throws {
        let head = try #require(decision(response(), with: ["Authorization: x"], by: Self.rules).stored)
        #expect(head.reuse(after: 1, for: "Authorization: y") == .fresh)
    }

    @Test("counts its time from when the response came, and its age truly")
    func countsFromArrival() throws {
        let head = try #require(decision(response(200, "Age: 1000"), by: Self.rules).stored)
        #expect(head.age(at: arrivalTime + 10_000) == 1_010 && head.timeToLive(at: arrivalTime + 10_000) == 50)
    }

    @Test("allows stale use as the route says, errors apart")
    func allowsStale() {
        var rules = Self.rules
        (rules.staleWhileRevalidate, rules.staleIfError) = (10_000, 100_000)
        let head = decision(response(), by: rules).stored
        #expect(head?.reuse(after: 69) == .staleWhileRevalidate && head?.reuse(after: 70) == .mustForward(.stale))
        #expect(head?.mayStandIn(after: 159) == true && head?.mayStandIn(after: 160) == false)
        #expect(decision(response(500), by: rules).stored?.reuse(after: 2) == .mustForward(.stale))
    }

    @Test("varies by the route's fields alone")
    func varies() {
        var rules = Self.rules
        rules.varyFields = ["accept"]
        #expect(decision(response(200, "Vary: X-A"), by: rules).stored?.variant.names == ["accept"])
    }
}
