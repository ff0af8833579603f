import Testing

@testable import Mintcache

@Suite("Routes: Vary", .timeLimit(.minutes(1))) struct VaryScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: each variant is stored, and answers the requests it matches`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { request in
                Reply(200, ["Cache-Control: max-age=100", "Vary: X-Kind, X-Other"], request["X-Kind"] ?? "none")
            }
            let kinds = ["red", "green", "blue", "Red", "red green"]
            for (number, kind) in kinds.enumerated() {
                try await scene.get("/x", "X-Kind: \(kind)")
                    .expect(200, kind, .reason(number == 0 ? "uri-miss" : "vary-miss"))
            }
            try await scene.get("/x").expect(200, "none", .reason("vary-miss"))
            for kind in kinds { try await scene.get("/x", "X-Kind: \(kind)").expect(200, kind, .hit) }
            try await scene.get("/x").expect(200, "none", .hit)
            try await scene.get("/x", "X-Kind: red", "X-Other: a").expect(200, "red", .reason("vary-miss"))
            #expect(scene.origin.requestCount == kinds.count + 2)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: an asterisk anywhere in the list matches nothing`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", "Vary: *"), .asked("Cache-Control: max-age=100", "Vary: X-A, *"),
                .asked("Cache-Control: max-age=100", "Vary: *, X-A"),
                .asked("Cache-Control: max-age=100", "Vary: X-A", "Vary: *"),
                .reused("Cache-Control: max-age=100", "Vary: X-A"), .reused("Cache-Control: max-age=100", "Vary: "))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: white space, order and case of names, and the cut into lines, make no difference`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", "Vary: X-A,x-b ,  X-A", request: ["x-A: 1", "X-B: 2"]),
                .reused("Cache-Control: max-age=100", "Vary: x-a", "Vary: X-B", request: ["x-A: 1", "X-B: 2"]),
                .asked("Cache-Control: max-age=100", "Vary: x-a", "Vary: X-B", later: ["X-B: 2"]),
                .asked("Cache-Control: max-age=100", "Vary: x-a", later: ["X-A: 2"]))
            scene.origin.always { Reply(200, ["Cache-Control: max-age=100", "Vary: X-List"], $0["X-List"] ?? "") }
            try await scene.get("/x", "X-List: a, b").expect(200, "a, b", .forwarded)
            try await scene.get("/x", "X-List: a,b").expect(200, "a, b", .hit)
            try await scene.get("/x", "X-List: a ,  b").expect(200, "a, b", .hit)
            try await scene.get("/x", "X-List: a", "X-List: b").expect(200, "a, b", .hit)
            try await scene.get("/x", "X-List: ab").expect(200, "ab", .forwarded)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1 and RFC 9110 §12.5.4: Accept-Language selects by quality among the stored languages`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { request in
                let language = (request["Accept-Language"] ?? "").hasPrefix("de") ? "de" : "en"
                return Reply(
                    200, ["Cache-Control: max-age=100", "Vary: Accept-Language", "Content-Language: \(language)"],
                    language)
            }
            try await scene.get("/x", "Accept-Language: en").expect(200, "en", .forwarded)
            try await scene.get("/x", "Accept-Language: de").expect(200, "de", .forwarded)
            try await scene.get("/x", "Accept-Language: en,  de;q=0.5").expect(200, "en")
            try await scene.get("/x", "Accept-Language: de, en;q=0.5").expect(200, "de")
            let count = scene.origin.requestCount
            try await scene.get("/x", "Accept-Language: de").expect(200, "de", .hit)
            try await scene.get("/x", "Accept-Language: EN").expect(200, "en", .hit)
            #expect(scene.origin.requestCount == count)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1 and RFC 9110 §12.5.3: Accept-Encoding selects what the client takes`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { request in
                let isZipped = (request["Accept-Encoding"] ?? "").contains("gzip")
                let coding = isZipped ? ["Content-Encoding: gzip"] : []
                return Reply(
                    200, ["Cache-Control: max-age=100", "Vary: Accept-Encoding"] + coding, isZipped ? "zipped" : "plain"
                )
            }
            try await scene.get("/x", "Accept-Encoding: gzip").expect(200, "zipped", .forwarded)
            try await scene.get("/x").expect(200, "plain", .forwarded)
            let zipped = try await scene.get("/x", "Accept-Encoding: gzip")
            zipped.expect(200, "zipped", .hit)
            #expect(zipped["Content-Encoding"] == "gzip")
            let plain = try await scene.get("/x")
            plain.expect(200, "plain", .hit)
            #expect(plain["Content-Encoding"] == nil)
            try await scene.get("/x", "Accept-Encoding: gzip;q=0").expect(200)
            try await scene.get("/x", "Accept-Encoding: GZIP , gzip").expect(200, "zipped")
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: of several that match, the one with the latest Date`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Vary: X-A", "Date: {now-50}"], "old")
            try await scene.get("/x", "X-A: 1").expect(200, "old")
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Vary: X-B"], "new")
            try await scene.get("/x", "X-A: 2", "X-B: 1").expect(200, "new", .forwarded)
            try await scene.get("/x", "X-A: 1", "X-B: 1").expect(200, "new", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.1: the number of variants is bounded, and every one is answered right`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always {
                Reply(200, ["Cache-Control: max-age=100", "Vary: X-Kind"], $0["X-Kind"] ?? "none")
            }
            for kind in 0..<150 {
                try await scene.get("/x", "X-Kind: \(kind)").expect(200, "\(kind)", .forwarded)
            }
            try await scene.get("/x", "X-Kind: 149").expect(200, "149", .hit)
            #expect(try await scene.get("/x", "X-Kind: 0").text == "0")
        }
    }

    @Test(arguments: Tier.allCases)
    func `A route's own vary fields tell answers apart as if the origin had named them`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("vary: [\"X-Kind\"]")) { scene in
            scene.origin.always { Reply(200, ["Cache-Control: max-age=100"], $0["X-Kind"] ?? "none") }
            for kind in ["a", "b"] { try await scene.get("/x", "X-Kind: \(kind)").expect(200, kind, .forwarded) }
            for kind in ["a", "b"] { try await scene.get("/x", "X-Kind: \(kind)").expect(200, kind, .hit) }
        }
    }
}
