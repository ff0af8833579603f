import Testing

@testable import Mintcache

@Suite("Routes: strict parsing", .timeLimit(.minutes(1))) struct StrictParsingScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.2: values are tokens or quoted strings, names have no case`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=\"100\"", after: 50), .reused("Cache-Control: MAX-AGE=100", after: 50),
                .reused("cache-control: Max-Age=100", after: 50), .reused("Cache-Control: ,, max-age=100,,", after: 50),
                .reused("Cache-Control: a=\"b, no-store\", max-age=100", after: 50),
                .reused("Cache-Control: a=\"b\\\"c, no-store\", max-age=100", after: 50),
                .reused("Cache-Control: max-age=100, unknown, other=1", after: 50),
                .reused("Cache-Control: max-age=0100", after: 50), .asked("Cache-Control: max-age=100,NO-STORE"),
                .asked("Cache-Control: max-age=100", "Cache-Control: no-store"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.1: a lifetime that cannot be read makes the answer stale, it is not ignored`(
        tier: Tier
    ) async throws {
        let odd = ["'100'", "-1", "abc", "100.5", "1e3", "", "100s", "\"100", "+100", "1 00", "\"1 00\"", "\"-1\""]
        try await RouteScene.play(tier) { scene in
            for value in odd {
                try await scene.check(
                    .asked("Cache-Control: max-age=\(value)", "Expires: {now+1000}"),
                    .asked("Cache-Control: s-maxage=\(value), max-age=1000"),
                    .asked("Cache-Control: max-age=\(value)", "Last-Modified: {now-100000}"))
            }
            try await scene.check(.asked("Cache-Control: max-age", "Expires: {now+1000}"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.1: of a repeated directive the most restrictive counts`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100, max-age=10", after: 50),
                .asked("Cache-Control: max-age=10, max-age=100", after: 50),
                .asked("Cache-Control: max-age=100", "Cache-Control: max-age=10", after: 50),
                .asked("Cache-Control: s-maxage=10, s-maxage=100", after: 50),
                .asked("Cache-Control: max-age=100, max-age=abc", after: 50),
                .reused("Cache-Control: max-age=100, max-age=200", after: 50))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §5.6.7: Expires is read in each of the three formats`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let formats = [
                "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y",
            ]
            for format in formats {
                try await scene.check(
                    .reused("Expires: \(scene.origin.date(100_000, format: format))", after: 50),
                    .asked("Expires: \(scene.origin.date(-100, format: format))"))
            }
            let date = scene.date(100_000)
            try await scene.check(
                .reused("Expires: \(date.lowercased().replacing("gmt", with: "GMT"))"),
                .reused("Expires: \(date.uppercased())"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.3: any other Expires means already stale, and no heuristic`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let date = scene.date(100_000)
            let odd = [
                "0", "-1", "never", "", date.replacing("GMT", with: "UTC"), date.replacing("GMT", with: "+0000"),
                date.replacing(" GMT", with: ""), date.replacing("GMT", with: "CET"), date.replacing(" ", with: "  "),
                scene.origin.date(100_000, format: "%a, %d %b %Y 1:%M:%S GMT"),
                scene.origin.date(100_000, format: "%a, %d %b %Y %H:%M GMT"),
                scene.origin.date(100_000, format: "%Y-%m-%dT%H:%M:%SZ"), "\(date), \(date)", "\"\(date)\"",
                scene.origin.date(100_000, format: "%a, %d %b %y %H:%M:%S GMT"),
                scene.origin.date(100_000, format: "%a %d %b %Y %H:%M:%S GMT"),
            ]
            for value in Set(odd) where value != date {
                try await scene.check(
                    .asked("Expires: \(value)"), .asked("Expires: \(value)", "Last-Modified: {now-1000000}"),
                    .reused("Expires: \(value)", "Cache-Control: max-age=100"))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2: an unreadable Date or Last-Modified gives no freshness`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Last-Modified: yesterday"), .asked("Last-Modified: {now+1000}"),
                .reused("Date: today", "Cache-Control: max-age=100", after: 50),
                .asked("Date: today", "Cache-Control: max-age=100", after: 150))
        }
    }
}
