import Testing

@testable import Mintcache

@Suite("Routes: validation", .timeLimit(.minutes(1))) struct RouteValidationScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.1.2: If-None-Match compares weakly, takes lists and the asterisk`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"a\"", "X-Field: f"], "one")
            try await scene.get("/x")
            for value in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\" , W/\"a\"", "*"] {
                let answer = try await scene.get("/x", "If-None-Match: \(value)")
                answer.expect(304, "", .hit, "\(value)")
                #expect(answer["ETag"] == "\"a\"")
                #expect(answer["Cache-Control"] == "max-age=100")
                #expect(answer["Date"] != nil)
            }
            for value in ["\"b\"", "a", "\"A\"", "\"a", "\"b\", \"c\"", "W/\"b\""] {
                try await scene.get("/x", "If-None-Match: \(value)").expect(200, "one", .hit, "\(value)")
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.1.2: a weak tag is matched weakly, too`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: W/\"a\""], "one")
            try await scene.get("/x")
            try await scene.get("/x", "If-None-Match: \"a\"").expect(304, "", .hit)
            try await scene.get("/x", "If-None-Match: W/\"a\"").expect(304, "", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.2.2: If-None-Match comes before If-Modified-Since`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let modified = scene.date(-1000)
            scene.origin.answers(
                200, ["Cache-Control: max-age=100", "ETag: \"a\"", "Last-Modified: \(modified)"], "one")
            try await scene.get("/x")
            try await scene.get("/x", "If-None-Match: \"b\"", "If-Modified-Since: \(modified)").expect(200, "one", .hit)
            try await scene.get("/x", "If-None-Match: \"a\"", "If-Modified-Since: \(scene.date(-9000))")
                .expect(304, "", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.1.3: If-Modified-Since is compared with Last-Modified, else with Date`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Last-Modified: \(scene.date(-1000))"], "one")
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Date: \(scene.date(-20))"], "two")
            try await scene.get("/x")
            try await scene.get("/y")
            for (offset, status) in [(-1000, 304), (-500, 304), (-1001, 200), (-5000, 200)] {
                try await scene.get("/x", "If-Modified-Since: \(scene.date(offset))").expect(status, nil, .hit)
            }
            for (offset, status) in [(-20, 304), (-5, 304), (-21, 200)] {
                try await scene.get("/y", "If-Modified-Since: \(scene.date(offset))").expect(status, nil, .hit)
            }
            try await scene.get("/x", "If-Modified-Since: whenever").expect(200, "one", .hit)
            #expect(scene.origin.requestCount == 2)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.3.1: our own validation carries both validators`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let modified = scene.date(-1000)
            let fields = ["Cache-Control: max-age=10", "ETag: W/\"a\"", "Last-Modified: \(modified)"]
            scene.origin.answers(200, fields, "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.answers(304, ["Cache-Control: max-age=10"])
            try await scene.get("/x", "If-None-Match: \"other\"").expect(200, "one")
            let request = try #require(scene.origin.lastRequest)
            #expect(request.values("If-None-Match").joined(separator: ", ").contains("W/\"a\""))
            #expect(request["If-Modified-Since"] == modified)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §3.2 and §4.3.4: a 304 updates the stored fields, but not those that describe the stored body`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let fields = [
                "Cache-Control: max-age=10", "ETag: \"a\"", "X-Old: stays", "X-Both: old", "X-Both: older",
                "Content-Encoding: odd", "Content-Type: text/old",
            ]
            scene.origin.answers(200, fields, "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            let update = [
                "Cache-Control: max-age=100", "ETag: \"a\"", "X-Both: new", "X-New: more", "Content-Encoding: other",
                "Content-Range: bytes 0-1/2", "Content-Length: 99", "Content-Type: text/new",
            ]
            scene.origin.answers(304, update)
            try await scene.get("/x").expect(200, "one", .reason("stale"))
            let date = scene.date()
            scene.pass(seconds: 50)
            let answer = try await scene.get("/x")
            answer.expect(200, "one", .hit, age: 50)
            #expect(answer["X-Old"] == "stays")
            #expect(answer.values("X-Both") == ["new"])
            #expect(answer["X-New"] == "more")
            #expect(answer["Cache-Control"] == "max-age=100")
            #expect(answer["Content-Type"] == "text/new")
            #expect(answer["Content-Encoding"] == "odd")
            #expect(answer["Content-Length"] == "3")
            #expect(answer["Content-Range"] == nil)
            #expect(answer["Date"] == date)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.3.3: the client's own condition is answered from what the validation brought`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\""], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.answers(304, ["Cache-Control: max-age=10", "ETag: \"a\""])
            try await scene.get("/x", "If-None-Match: \"a\"").expect(304, "")
            scene.pass(seconds: 20)
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"b\""], "two")
            try await scene.get("/x", "If-None-Match: \"a\"").expect(200, "two")
            try await scene.get("/x", "If-None-Match: \"b\"").expect(304, "", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.3.2: a condition on a URL that is not stored is answered truthfully`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { request in
                request["If-None-Match"] == "\"a\""
                    ? Reply(304, ["ETag: \"a\""])
                    : Reply(200, ["Cache-Control: max-age=100", "ETag: \"a\""], "one")
            }
            let answer = try await scene.get("/x", "If-None-Match: \"a\"")
            #expect([200, 304].contains(answer.status))
            try await scene.get("/x").expect(200, "one")
            try await scene.get("/x", "If-None-Match: \"b\"").expect(200, "one")
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4: HEAD is answered from the stored GET, without its body`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "X-Field: f"], "one")
            try await scene.get("/x")
            let answer = try await scene.ask("HEAD", "/x")
            answer.expect(200, "", .hit)
            #expect(answer["Content-Length"] == "3")
            #expect(answer["X-Field"] == "f")
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.3.5: a HEAD answer that agrees refreshes the stored GET`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\"", "X-Field: old"], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.answers(
                Reply(200, ["Cache-Control: max-age=100", "ETag: \"a\"", "X-Field: new"], length: 3, then: []))
            try await scene.ask("HEAD", "/x").expect(200, "")
            #expect(scene.origin.lastRequest?.method == "HEAD")
            let answer = try await scene.get("/x")
            answer.expect(200, "one", .hit)
            #expect(answer["X-Field"] == "new")
        }
    }

    @Test(arguments: Tier.allCases, ["ETag: \"b\"", "Content-Length: 4", "Last-Modified: {now}"])
    func `RFC 9111 §4.3.5: a HEAD answer that disagrees invalidates the stored GET`(
        tier: Tier, difference: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            let same = ["ETag: \"a\"", "Content-Length: 3", "Last-Modified: \(scene.date(-1000))"]
            let name = difference.prefix { $0 != ":" }
            scene.origin.answers(200, ["Cache-Control: max-age=100"] + same, "one")
            try await scene.get("/x")
            let other = same.filter { !$0.hasPrefix(name) } + [difference]
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"] + other, length: 3, then: []))
            try await scene.ask("HEAD", "/x", ["Cache-Control: no-cache"]).expect(200, "")
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "two")
            try await scene.get("/x").expect(200, "two", .forwarded)
        }
    }
}
