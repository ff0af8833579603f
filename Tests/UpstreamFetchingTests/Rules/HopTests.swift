import Testing

@testable import UpstreamFetching

@Suite("Redirects")
struct HopTests {
    private func hop(_ url: String, _ trust: UpstreamRequest.Trust, method: UpstreamRequest.Method = .get) throws -> Hop
    {
        try Hop(
            UpstreamRequest(
                url, trust: trust, method: method,
                fields: [UpstreamField("X-API-Key", "secret"), UpstreamField("Accept", "a/b")]))
    }

    private func redirect(_ locations: String..., status: Int = 302) -> UpstreamResponse {
        UpstreamResponse(
            status: status, fields: locations.map { UpstreamField("location", $0) }, body: [], effectiveURL: "",
            peer: nil, timings: UpstreamTimings())
    }

    @Test func `within the origin trust and fields stay`() throws {
        let next = try #require(try hop("http://gw.test/a", .configured).following(redirect("/b")))
        #expect(next.trust == .configured)
        #expect(next.fields.count == 2)
    }

    @Test(arguments: ["http://gw.test:81/", "https://gw.test/", "http://other.test/", "//other.test/"])
    func `across origins trust ends and only harmless fields go along`(location: String) throws {
        let next = try #require(try hop("http://gw.test/a", .configured).following(redirect(location)))
        #expect(next.trust == .untrusted)
        #expect(next.fields == [UpstreamField("Accept", "a/b")])
    }

    @Test func `trust does not come back with a redirect home`() throws {
        let away = try #require(try hop("http://gw.test/", .configured).following(redirect("http://other.test/")))
        let home = try #require(try away.following(redirect("http://gw.test/secret")))
        #expect(home.trust == .untrusted)
    }

    @Test func `E-103 https never becomes http`() throws {
        let secure = try hop("https://a.test/", .untrusted)
        #expect(throws: FetchFailure.self) { try secure.following(redirect("http://a.test/")) }
    }

    @Test(arguments: ["ipfs://Qm/1", "IPNS://name", "ar://x"])
    func `E-103 a redirect to content is the answer`(location: String) throws {
        #expect(try hop("https://a.test/", .untrusted).following(redirect(location))?.url == nil)
        #expect(throws: FetchFailure.self) {
            try hop("https://a.test/", .untrusted).following(redirect("x" + location))
        }
    }

    @Test func `two different targets are no redirect to follow`() throws {
        let hop = try hop("https://a.test/", .untrusted)
        #expect(throws: FetchFailure.self) { try hop.following(redirect("/a", "/b")) }
    }

    @Test func `what does not redirect is the answer`() throws {
        let get = try hop("http://a.test/", .untrusted)
        #expect(try get.following(redirect("/b", status: 200))?.url == nil)
        #expect(try get.following(redirect("/b", status: 304))?.url == nil)
        #expect(try get.following(redirect())?.url == nil)
        #expect(try hop("http://a.test/", .untrusted, method: .post).following(redirect("/b"))?.url == nil)
    }
}
