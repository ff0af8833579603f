import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("An operator", .timeLimit(.minutes(1))) struct SessionEndingScenarios {
    @Test(arguments: Tier.allCases) func `ends all sessions of a wallet, and of no other`(_ tier: Tier) async throws {
        let redis = tier == .redisOnly ? try await RedisServer.start() : nil
        try await SessionScene.play(.init(redis: redis?.url, sessions: ["idle: 1h"])) { scene in
            var pages = (0..<3).map { _ in SessionPage(scene) }
            var stranger = SessionPage(scene, 2)
            try await pages[0].signIn()
            // That one is over, and does not count.
            scene.pass(.seconds(3600))
            for index in 1..<3 { try await pages[index].signIn() }
            try await stranger.signIn()
            let wallet = pages[0].wallet.address
            let ended = try await scene.admin("DELETE", "/admin/sessions/\(wallet)")
            #expect(ended.status == 200 && ended["Cache-Control"] == "no-store")
            #expect(ended.text == #"{"wallet_address":"\#(wallet)","ended":2}"#)
            for index in pages.indices { #expect(try await pages[index].ask("GET", "/own/a").status == 401) }
            #expect(try await stranger.ask("GET", "/own/a").status == 200)
            let again = try await scene.admin("DELETE", "/admin/sessions/\(wallet.lowercased())")
            #expect(again.text == #"{"wallet_address":"\#(wallet)","ended":0}"#)
            // The wallet may come back.
            try await pages[1].signIn()
            #expect(try await pages[1].ask("GET", "/own/a").status == 200)
        }
        try await redis?.stop()
    }

    @Test func `is told what is no address of a wallet`() async throws {
        try await SessionScene.play { scene in
            let wallet = TestWallet(1).address
            // The last one is in mixed case, and not in EIP-55's.
            for text in ["nobody", "0x12", wallet + "0", "\(wallet)/sessions", "0x" + wallet.dropFirst(2).swappingCase]
            {
                let answer = try await scene.admin("DELETE", "/admin/sessions/\(text)")
                #expect(answer.status == 400 && answer.refusal == "invalid-request", "\(text)")
                #expect(answer.text.contains("EIP-55") == (text.count == wallet.count), "\(answer.text)")
            }
            for target in ["/admin/sessions", "/admin/sessions/"] {
                #expect(try await scene.admin("DELETE", target).status == 404)
            }
            #expect(try await scene.admin("DELETE", "/admin/sessions/\(wallet)", token: "another").status == 401)
        }
    }

    @Test func `is told when sessions cannot be reached`() async throws {
        let redis = try await RedisServer.start()
        try await SessionScene.play(.init(redis: redis.url)) { scene in
            try await redis.kill()
            let answer = try await scene.admin("DELETE", "/admin/sessions/\(TestWallet(1).address)")
            #expect(answer.status == 503 && answer.refusal == "sessions-unavailable")
            #expect(answer["Retry-After"] == "2")
        }
        try await redis.stop()
    }

    @Test func `ends what Redis keeps from before sessions were disabled`() async throws {
        let redis = try await RedisServer.start()
        let wallet = TestWallet(1).address
        try await SessionScene.play(.init(redis: redis.url)) { scene in
            var page = SessionPage(scene)
            try await page.signIn()
        }
        try await SessionScene.play(.init(redis: redis.url, section: "sessions: { enabled: false }")) { scene in
            let answer = try await scene.admin("DELETE", "/admin/sessions/\(wallet)")
            #expect(try answer.document["ended"]?.integer == 1)
        }
        try await redis.stop()
    }
}

extension StringProtocol {
    fileprivate var swappingCase: String {
        map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()
    }
}
