import HTTPCaching
import Testing

@Suite("Reusing stored responses (RFC 9111, section 4)")
struct ReuseTests {
    private func head(_ field: String, _ lines: String...) throws -> StoredHead {
        let answer = response(200, ["Cache-Control: \(field)", "ETag: \"a\""] + lines)
        return try #require(decision(answer).stored)
    }

    @Test("is fresh until its lifetime is over, and then asks (4.2)")
    func isFresh() throws {
        let head = try head("max-age=60")
        #expect(head.reuse(after: 0) == .fresh)
        #expect(head.reuse(after: 59) == .fresh)
        #expect(head.reuse(after: 60) == .mustForward(.stale))
        #expect(head.reuse(after: .max / 2_000) == .mustForward(.stale))
    }

    @Test("counts stale-while-revalidate to the second (RFC 5861, section 3)")
    func countsStaleWhileRevalidate() throws {
        let head = try head("max-age=60, stale-while-revalidate=10")
        let uses = [59, 60, 69, 70].map { head.reuse(after: $0) }
        #expect(uses == [.fresh, .staleWhileRevalidate, .staleWhileRevalidate, .mustForward(.stale)])
    }

    @Test("asks each time for no-cache, even while fresh (5.2.2.4)")
    func asksForNoCache() throws {
        let head = try head("max-age=60, no-cache, stale-while-revalidate=10, stale-if-error=10")
        #expect(head.reuse(after: 0) == .mustForward(.stale))
        #expect(head.reuse(after: 61, for: "Cache-Control: max-stale") == .mustForward(.stale))
        #expect(!head.mayStandIn(after: 0))
    }

    @Test(
        "serves requests with Authorization only where the origin says so (3.5)",
        arguments: [
            ("max-age=60", false), ("max-age=60, public", true), ("max-age=60, must-revalidate", true),
            ("s-maxage=60", true), ("max-age=60, proxy-revalidate", false),
        ])
    func servesAuthorized(_ field: String, _ isServed: Bool) throws {
        let head = try head(field)
        #expect(head.reuse(after: 0, for: "Authorization: x") == (isServed ? .fresh : .mustForward(.request)))
        #expect(head.mayStandIn(after: 0, for: "Authorization: x") == isServed)
    }

    @Test("honours no-cache and Pragma of a request (5.2.1.4)")
    func honoursNoCache() throws {
        let head = try head("max-age=60, stale-while-revalidate=10")
        for line in ["Cache-Control: no-cache", "Pragma: no-cache"] {
            #expect(head.reuse(after: 0, for: line) == .mustForward(.request))
            #expect(head.reuse(after: 65, for: line) == .mustForward(.request))
            let deaf = head.reuse(for: RequestFacts(header(line)), honouringDirectives: false, at: arrivalTime)
            #expect(deaf == .fresh)
        }
    }

    @Test("honours max-age of a request, and takes it to want nothing stale (5.2.1.1)")
    func honoursMaxAge() throws {
        let head = try head("max-age=60, stale-while-revalidate=10", "Age: 10")
        #expect(head.reuse(after: 0, for: "Cache-Control: max-age=10") == .fresh)
        #expect(head.reuse(after: 1, for: "Cache-Control: max-age=10") == .mustForward(.request))
        #expect(head.reuse(after: 0, for: "Cache-Control: max-age=0") == .mustForward(.request))
        #expect(head.reuse(after: 0, for: "Cache-Control: max-age=x") == .fresh)
        #expect(head.reuse(after: 55, for: "Cache-Control: max-age=1000") == .mustForward(.stale))
        #expect(head.reuse(after: 55, for: "Cache-Control: max-age=1000, max-stale") == .staleWhileRevalidate)
        #expect(head.reuse(after: 55, for: "Cache-Control: max-age=20, max-stale") == .mustForward(.stale))
    }

    @Test("honours min-fresh (5.2.1.3)")
    func honoursMinFresh() throws {
        let head = try head("max-age=60, stale-while-revalidate=10")
        #expect(head.reuse(after: 10, for: "Cache-Control: min-fresh=50") == .fresh)
        #expect(head.reuse(after: 11, for: "Cache-Control: min-fresh=50") == .mustForward(.request))
        #expect(head.reuse(after: 60, for: "Cache-Control: min-fresh=0") == .mustForward(.stale))
    }

    @Test("honours max-stale, to the second or for ever (5.2.1.2)")
    func honoursMaxStale() throws {
        let head = try head("max-age=60")
        #expect(head.reuse(after: 160, for: "Cache-Control: max-stale=100") == .staleOnRequest)
        #expect(head.reuse(after: 161, for: "Cache-Control: max-stale=100") == .mustForward(.stale))
        #expect(head.reuse(after: 9_999_999, for: "Cache-Control: max-stale") == .staleOnRequest)
        #expect(head.reuse(after: 59, for: "Cache-Control: max-stale") == .fresh)
        let deaf = head.reuse(
            for: RequestFacts(header("Cache-Control: max-stale")), honouringDirectives: false, at: arrivalTime + 60_000)
        #expect(deaf == .mustForward(.stale))
    }

    @Test(
        "uses nothing stale where the origin forbids it, whoever would take it (4.2.4)",
        arguments: ["must-revalidate", "proxy-revalidate", "s-maxage=60"])
    func forbidsStale(_ directive: String) throws {
        let head = try head("max-age=60, \(directive), stale-while-revalidate=10, stale-if-error=10")
        #expect(head.reuse(after: 59) == .fresh && head.mayStandIn(after: 59))
        #expect(head.reuse(after: 60) == .mustForward(.stale))
        #expect(head.reuse(after: 60, for: "Cache-Control: max-stale") == .mustForward(.stale))
        #expect(!head.mayStandIn(after: 60))
    }

    @Test("spares fresh immutable answers the reload, but not a clear demand (RFC 8246, section 2)")
    func sparesImmutable() throws {
        let head = try head("max-age=60, immutable")
        #expect(head.reuse(after: 30, for: "Cache-Control: max-age=0") == .fresh)
        #expect(head.reuse(after: 30, for: "Cache-Control: no-cache") == .mustForward(.request))
        #expect(head.reuse(after: 30, for: "Cache-Control: min-fresh=50") == .mustForward(.request))
        #expect(head.reuse(after: 60, for: "Cache-Control: max-age=0") == .mustForward(.stale))
        #expect(head.reuse(after: 60) == .mustForward(.stale))
    }
}

@Suite("Standing in for errors (RFC 5861, section 4)")
struct StandInTests {
    private func head(_ field: String, status: Int = 200) throws -> StoredHead {
        try #require(decision(response(status, "Cache-Control: \(field)", "ETag: \"a\"")).stored)
    }

    @Test("is permitted as long as the origin says, and not at all when it says nothing")
    func isPermitted() throws {
        let head = try head("max-age=2, stale-if-error=60")
        let answers = [0, 1, 2, 61, 62].map { head.mayStandIn(after: $0) }
        #expect(answers == [true, true, true, true, false])
        #expect(try !self.head("max-age=2").mayStandIn(after: 2))
    }

    @Test("is not for a client that asked for validation")
    func isNotForReloads() throws {
        let head = try head("max-age=2, stale-if-error=60")
        #expect(!head.mayStandIn(after: 3, for: "Cache-Control: no-cache"))
        #expect(head.mayStandIn(after: 3, for: "Cache-Control: max-age=0"))
        let facts = RequestFacts(header("Cache-Control: no-cache"))
        #expect(head.mayStandIn(forErrorAt: arrivalTime, request: facts, honouringDirectives: false))
    }

    @Test("does not put one error in place of another")
    func isNoError() throws {
        #expect(try !head("max-age=2, stale-if-error=60", status: 503).mayStandIn(after: 3))
        #expect(try head("max-age=2, stale-if-error=60", status: 404).mayStandIn(after: 3))
    }
}

@Suite("How long a stored response is of use")
struct RetentionTests {
    private func seconds(_ field: String, _ lines: String...) throws -> Int64 {
        let answer = response(200, ["Cache-Control: \(field)"] + lines)
        return try (#require(decision(answer).stored).usefulUntil - arrivalTime) / 1_000
    }

    @Test("covers freshness, the stale windows, and a time in which it can be validated")
    func covers() throws {
        #expect(try seconds("max-age=60, must-revalidate") == 60)
        #expect(try seconds("max-age=60, s-maxage=100", "Age: 10") == 90)
        #expect(try seconds("max-age=100") == 200)
        #expect(try seconds("max-age=1") == 61)
        #expect(try seconds("max-age=60, stale-while-revalidate=10, stale-if-error=100") == 220)
        #expect(try seconds("max-age=60", "ETag: \"a\"") == 60 + 86_400)
        #expect(try seconds("max-age=172800", "ETag: \"a\"") == 2 * 172_800)
        #expect(try seconds("no-cache", "ETag: \"a\"") == 86_400)
        #expect(try seconds("max-age=10", "Age: 500", "ETag: \"a\"") == 86_400)
    }
}
