import Testing

@testable import Mintcache

@Suite("Routes: targeted cache control", .timeLimit(.minutes(1))) struct TargetedScenarios {
    @Test(arguments: Tier.allCases, ["CDN-Cache-Control", "Mintcache-Cache-Control"])
    func `RFC 9213 §2.2: the targeted field replaces Cache-Control and Expires`(
        tier: Tier, name: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("\(name): max-age=100", "Cache-Control: no-store", after: 50),
                .reused("\(name): max-age=100", "Cache-Control: max-age=10", after: 50),
                .asked("\(name): max-age=10", "Cache-Control: max-age=100", after: 50),
                .reused("\(name): max-age=100", "Expires: {now-100}", after: 50),
                .asked("\(name): no-store", "Cache-Control: max-age=100"),
                .asked("\(name): max-age=-1", "Cache-Control: max-age=100"),
                .asked("\(name): no-cache", "Cache-Control: max-age=100"),
                .asked("\(name): private", "Expires: {now+100}"),
                .asked("\(name): must-revalidate", "Expires: {now+100}"),
                .reused("\(name): max-age=100, unknown=(a b);c", "Cache-Control: no-store"),
                .reused("\(name): max-age=100;a=b", "Cache-Control: no-store"),
                .reused("\(name): max-age=10", "\(name): max-age=100", "Cache-Control: no-store", after: 50))
        }
    }

    @Test(arguments: Tier.allCases, ["CDN-Cache-Control", "Mintcache-Cache-Control"])
    func `RFC 9213 §2.1: a targeted field that is no such dictionary is ignored whole`(
        tier: Tier, name: String
    ) async throws {
        try await RouteScene.play(tier) { scene in
            for value in [
                "", "max-age=100, &&", "max-age=\"1\"", "max-age=1.5", "no-store, max-age=", "max-age=1,",
                "'max-age=1'",
                "max-age=1, no-store=1=2", "MAX-AGE=1", "max-age=a b", "no-store=\"yes",
            ] {
                try await scene.check(
                    .reused("\(name): \(value)", "Cache-Control: max-age=100", after: 50),
                    .asked("\(name): \(value)", "Cache-Control: no-store"))
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9213 §2.2: our own name comes before the one of all CDNs`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused(
                    "Mintcache-Cache-Control: max-age=100", "CDN-Cache-Control: no-store", "Cache-Control: no-store"),
                .asked("Mintcache-Cache-Control: no-store", "CDN-Cache-Control: max-age=100"),
                .reused("Mintcache-Cache-Control: &", "CDN-Cache-Control: max-age=100", "Cache-Control: no-store"))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9213 §2: Cache-Control and the field for other CDNs go on to the client`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["CDN-Cache-Control: max-age=100", "Cache-Control: no-store"], "one")
            for _ in 0..<2 {
                let answer = try await scene.get("/x")
                #expect(answer["Cache-Control"] == "no-store")
                #expect(answer["CDN-Cache-Control"] == "max-age=100")
            }
        }
    }
}
