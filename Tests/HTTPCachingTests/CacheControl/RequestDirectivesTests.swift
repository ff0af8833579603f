import HTTPCaching
import Testing

@Suite("Directives of requests (RFC 9111, sections 5.2.1 and 5.4)")
struct RequestDirectivesTests {
    private func read(_ lines: String...) -> RequestCacheControl { RequestCacheControl(header(lines)) }

    @Test("takes Pragma: no-cache for no-cache where there is no Cache-Control")
    func readsPragma() {
        #expect(read("Pragma: no-cache").noCache)
        #expect(read("pragma: foo, NO-CACHE").noCache)
        #expect(!read("Pragma: no-cache", "Cache-Control: max-age=5").noCache)
        #expect(!read("Cache-Control: max-age=5", "Pragma: no-cache").noCache)
        #expect(!read("Cache-Control: ", "Pragma: no-cache").noCache)
        #expect(!read("Pragma: no-cachex").noCache)
        #expect(!read("Pragma: x=\"no-cache\"").noCache)
        #expect(!read().noCache)
    }

    @Test(
        "reads min-fresh, of several the largest",
        arguments: [
            ("min-fresh=5", 5), ("min-fresh=5, min-fresh=9", 9), ("min-fresh", nil), ("min-fresh=x", nil),
            ("min-fresh=\"3\"", 3), ("min-fresh=99999999999999999999", 1 << 31),
        ] as [(String, Int?)])
    func readsMinFresh(_ field: String, _ seconds: Int?) {
        #expect(read("Cache-Control: \(field)").minFresh == seconds)
    }

    @Test(
        "reads max-stale, bare for ever, of several the smallest",
        arguments: [
            ("max-stale=5", 5), ("max-stale", .max), ("max-stale, max-stale=7", 7), ("max-stale=7, max-stale", 7),
            ("max-stale=", nil), ("max-stale=x", nil), ("max-stale x", nil), ("max-stale=\"4\"", 4),
        ] as [(String, Int?)])
    func readsMaxStale(_ field: String, _ seconds: Int?) {
        #expect(read("Cache-Control: \(field)").maxStale == seconds)
    }

    @Test("knows whether a request carries Authorization")
    func seesAuthorization() {
        #expect(RequestFacts(header("authorization: Basic eA==")).hasAuthorization)
        #expect(!RequestFacts(header("Proxy-Authorization: Basic eA==")).hasAuthorization)
    }
}
