import Testing

@testable import Mintcache

@Suite("Routes: freshness", .timeLimit(.minutes(1))) struct FreshnessScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.1: s-maxage comes before max-age, max-age before Expires, Expires before heuristics`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=1, s-maxage=100", after: 50),
                .asked("Cache-Control: max-age=100, s-maxage=10", after: 50),
                .reused("Cache-Control: s-maxage=100", "Expires: {now-100}", after: 50),
                .reused("Cache-Control: max-age=100", "Expires: {now-100}", after: 50),
                .asked("Cache-Control: max-age=10", "Expires: {now+100}", after: 50),
                .reused("Expires: {now+100}", after: 50),
                .asked("Expires: {now+100}", after: 150),
                .asked("Expires: {now+10}", "Last-Modified: {now-10000}", after: 50))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2: what is fresh is reused to the end of its lifetime and no longer`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", after: 99), .asked("Cache-Control: max-age=100", after: 100),
                .asked("Cache-Control: max-age=0"), .asked("Expires: {now}"),
                .reused("Cache-Control: max-age=99999999999", after: 100_000))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.3: Expires is compared with Date, not with the clock`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Date: {now-50}", "Expires: {now+50}", after: 40),
                .asked("Date: {now-50}", "Expires: {now+50}", after: 60),
                .asked("Date: {now+500}", "Expires: {now+400}"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.2: without explicit freshness, a tenth of the time since Last-Modified`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            for status in [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501] {
                try await scene.check(
                    .reused("Last-Modified: {now-1000}", status: status, after: 90),
                    .asked("Last-Modified: {now-1000}", status: status, after: 110))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.2: the other statuses have no heuristic freshness, unless they are public`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            for status in [201, 202, 299, 302, 303, 307, 400, 403, 418, 500, 502, 503, 504, 599] {
                try await scene.check(
                    .asked("Last-Modified: {now-10000}", status: status),
                    .reused("Last-Modified: {now-1000}", "Cache-Control: public", status: status, after: 90),
                    .asked("Last-Modified: {now-1000}", "Cache-Control: public", status: status, after: 110))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2: without freshness information and validator nothing is reused`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked(after: 0), .asked("Cache-Control: public", after: 0), .asked(status: 404, after: 0),
                .asked("Cache-Control: unknown", after: 0), .asked("ETag: \"a\"", after: 0))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §3: any final status with explicit freshness is stored and keeps its code`(
        tier: Tier
    ) async throws {
        let statuses = [
            200, 201, 202, 203, 204, 207, 226, 299, 300, 301, 302, 303, 307, 308, 399, 400, 401, 402, 403, 404, 405,
            410,
            414, 418, 421, 422, 451, 499, 500, 501, 502, 503, 504, 599,
        ]
        try await RouteScene.play(tier) { scene in
            for status in statuses {
                try await scene.check(
                    .reused("Cache-Control: max-age=100", status: status),
                    .reused("Expires: {now+100}", status: status),
                    .asked("Cache-Control: max-age=10", status: status, after: 20))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 6585: what is about one client's behaviour is never stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            for status in [428, 429, 431, 511] {
                try await scene.check(.asked("Cache-Control: max-age=100", status: status))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2.2.3: must-understand overrides no-store for a status that is understood`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100, must-understand, no-store"),
                .reused("Cache-Control: max-age=100, must-understand"),
                .reused("Cache-Control: max-age=100, must-understand, no-store", status: 404),
                .asked("Cache-Control: max-age=100, must-understand, no-store", status: 299),
                .asked("Cache-Control: max-age=100, must-understand", status: 299),
                .asked("Cache-Control: max-age=100, must-understand", status: 599))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §2: a hit gives the answer as it was stored, with every field`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let fields = [
                "Cache-Control: max-age=100", "Content-Type: text/odd", "X-One: a", "X-Two: b", "X-One: c", "Server: s",
                "Link: </a>; rel=next", "Content-Language: de", "ETag: \"v\"", "Last-Modified: {now-5}",
            ]
            scene.origin.answers(200, fields, "body \u{0} of octets")
            let first = try await scene.get("/x")
            scene.pass(seconds: 10)
            let second = try await scene.get("/x")
            second.expect(200, "body \u{0} of octets", .hit, age: 10)
            for name in ["Cache-Control", "Content-Type", "X-One", "X-Two", "Server", "Link", "ETag", "Date"] {
                #expect(second.values(name) == first.values(name), "\(name)")
            }
            #expect(second["Content-Length"] == "16")
            #expect(scene.origin.requestCount == 1)
        }
    }
}
