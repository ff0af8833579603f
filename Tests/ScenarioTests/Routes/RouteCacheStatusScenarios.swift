import MintcacheTesting
import Testing

@testable import Mintcache

@Suite("Routes: Cache-Status", .timeLimit(.minutes(1))) struct RouteCacheStatusScenarios {
    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2: a miss that is stored, and the hit after it`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], "one")
            let miss = try await scene.get("/x")
            #expect(miss.status("fwd") == "uri-miss")
            #expect(miss.status("fwd-status") == "200")
            #expect(miss.isStored)
            #expect(!miss.isCollapsed && !miss.isHit)
            scene.pass(seconds: 30)
            let hit = try await scene.get("/x")
            #expect(hit.isHit)
            #expect(hit.status("ttl").flatMap { Int($0) }.map { (69...70).contains($0) } == true)
            #expect(hit.status("detail") == (tier == .memory ? "memory" : "redis"))
            #expect(hit.status("fwd") == nil)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2.2: each reason for asking the origin has its word`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.always { request in
                Reply(200, ["Cache-Control: max-age=10", "Vary: X-A", "ETag: \"a\""], request.method)
            }
            try await scene.get("/x").expect(200, nil, .reason("uri-miss"))
            try await scene.get("/x", "X-A: 1").expect(200, nil, .reason("vary-miss"))
            try await scene.get("/x", "Cache-Control: no-cache").expect(200, nil, .reason("request"))
            scene.pass(seconds: 20)
            try await scene.get("/x").expect(200, nil, .reason("stale"))
            for method in ["POST", "PUT", "OPTIONS", "ODD"] {
                try await scene.ask(method, "/x").expect(200, method, .reason("method"))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2.2: a part that is stored is a reason of its own`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let fields = ["Cache-Control: max-age=100", "ETag: \"a\""]
            scene.origin.answers(206, fields + ["Content-Range: bytes 0-3/10"], "0123")
            try await scene.get("/x", "Range: bytes=0-3").expect(206, "0123", .reason("uri-miss"))
            scene.origin.answers(200, fields, "0123456789")
            try await scene.get("/x").expect(200, "0123456789", .reason("partial"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2.3: fwd-status is what the origin answered, not what the client got`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=10", "ETag: \"a\""], "one")
            try await scene.get("/x")
            scene.pass(seconds: 20)
            scene.origin.answers(304, ["ETag: \"a\""])
            let validated = try await scene.get("/x")
            validated.expect(200, "one")
            #expect(validated.status("fwd-status") == "304")
            scene.origin.answers(418, [], "tea")
            #expect(try await scene.get("/y").status("fwd-status") == "418")
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2.8: detail says why an answer was not stored`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("set_cookie: false")) { scene in
            let reasons: [(fields: [String], request: [String], detail: String)] = [
                (["Cache-Control: no-store"], [], "no-store"), (["Cache-Control: private"], [], "private"),
                (["Cache-Control: max-age=10"], ["Authorization: a"], "authorization"),
                (["Cache-Control: max-age=10", "Vary: *"], [], "vary-any"), ([], [], "no-freshness"),
                (["Cache-Control: max-age=10", "Set-Cookie: a=b"], [], "set-cookie"),
                (["Cache-Control: max-age=10"], ["Cache-Control: no-store"], "request-no-store"),
            ]
            for (fields, request, detail) in reasons {
                scene.origin.answers(200, fields, "one")
                let answer = try await scene.ask("GET", "/\(detail)", request)
                #expect(answer.status("detail") == detail)
                #expect(!answer.isStored, "\(detail)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2.7: the key is shown where the route says so`(tier: Tier) async throws {
        try await RouteScene.play(tier, .origin("expose_key: true")) { scene in
            scene.origin.always(200, ["Cache-Control: max-age=100"])
            let keys = [
                try await scene.get("/x").status("key"), try await scene.get("/x").status("key"),
                try await scene.get("/y").status("key"),
            ]
            #expect(keys[0]?.hasPrefix("\"") == true)
            #expect(keys[0] == keys[1])
            #expect(keys[0] != keys[2])
        }
        try await RouteScene.play(tier) { scene in
            scene.origin.always(200, ["Cache-Control: max-age=100"])
            let answer = try await scene.get("/x")
            #expect(answer.status("key") == nil)
        }
    }

    @Test func `RFC 9211 §2.2: a route without a cache bypasses it`() async throws {
        try await RouteScene.play(.memory, .init(cache: "mode: off")) { scene in
            for number in 1...2 {
                scene.origin.answers(200, ["Cache-Control: max-age=100"], "\(number)")
                try await scene.get("/x").expect(200, "\(number)", .reason("bypass"))
            }
        }
    }

    @Test func `RFC 9211 §2.6: who shared another's fetch is told so`() async throws {
        try await RouteScene.play { scene in
            let gate = Gate()
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"], "one").after(gate))
            let answers = try await RouteCrowd.ask(3, in: scene, whenWaiting: { gate.open() }).compactMap(\.answer)
            #expect(answers.count == 3)
            #expect(answers.count { $0.isCollapsed } == 2)
            #expect(answers.count { $0.isStored && !$0.isCollapsed } == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9211 §2: our member comes after those of the caches behind us`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Cache-Status: behind; hit"], "one")
            for _ in 0..<2 {
                let list = try await scene.get("/x").values("Cache-Status").joined(separator: ", ")
                #expect(list.hasPrefix("behind; hit, mintcache; "))
                #expect(list.components(separatedBy: "mintcache").count == 2)
            }
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
