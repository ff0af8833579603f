import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Sessions when something is away", .timeLimit(.minutes(1))) struct SessionOutageScenarios {
    @Test func `end in 503 without Redis, and everything else goes on`() async throws {
        let redis = try await RedisServer.start()
        try await SessionScene.play(.init(redis: redis.url)) { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            #expect(try await scene.ask("GET", "/open/a").status == 200)
            let nonce = try await page.nonce()
            try await redis.kill()
            for (method, path, body) in [
                ("POST", "/auth/nonce", nil), ("GET", "/auth/session", nil), ("GET", "/auth/sessions", nil),
                ("PATCH", "/auth/session", object(["username": "somebody"])), ("DELETE", "/auth/session", nil),
                ("DELETE", "/auth/sessions", nil), ("GET", "/own/a", nil), ("GET", "/maybe/a", nil),
            ] as [(String, String, JSONNode?)] {
                let answer = try await page.ask(method, path, body)
                #expect(answer.status == 503 && answer.refusal == "sessions-unavailable", "\(method) \(path)")
                #expect(answer["Retry-After"] == "2" && answer["Cache-Control"] == "no-store")
            }
            #expect(page.cookies["__Host-session"] != nil)
            #expect(try await page.verify(page.message(nonce)).status == 503)
            #expect(try await scene.ask("GET", "/maybe/a").status == 200)
            #expect(try await page.ask("GET", "/open/a").status == 200)
            #expect(try await scene.ask("GET", "/healthz").status == 200)
            // The server comes back without its data: nobody is signed in by what this process may remember.
            try await redis.start()
            try await eventually(within: .seconds(5), "Redis is used again") {
                try await page.ask("GET", "/auth/session").status == 401
            }
        }
        try await redis.stop()
    }

    @Test func `are those of all instances of one Redis`() async throws {
        let redis = try await RedisServer.start()
        try await SessionScene.play(.init(redis: redis.url)) { first in
            try await SessionScene.play(.init(redis: redis.url)) { second in
                var page = SessionPage(first)
                try await page.signIn()
                let answer = try await second.ask("GET", "/own/a", page.fields)
                #expect(answer.status == 200)
                #expect(try await page.ask("DELETE", "/auth/sessions").status == 204)
                #expect(try await second.ask("GET", "/own/a", page.fields).status == 401)
            }
        }
        try await redis.stop()
    }
}

@Suite("Wallets that are contracts", .timeLimit(.minutes(1))) struct ContractWalletScenarios {
    private static let yes = "0x1626ba7e" + String(repeating: "0", count: 56)

    private static func result(_ data: String) -> Reply {
        Reply(200, ["Content-Type: application/json"], "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\(data)\"}")
    }

    /// Neither 65 bytes long nor anybody's.
    private static let signature = [UInt8](repeating: 0xAB, count: 130)

    @Test func `sign in when the contract says so, and only then`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            for (data, status) in [(Self.yes, 200), ("0x" + String(repeating: "0", count: 64), 401), ("0x", 401)] {
                scene.origin.always { _ in Self.result(data) }
                let answer = try await page.verify(page.message(try await page.nonce()), Self.signature)
                #expect(answer.status == status, "\(answer.text)")
                let asked = try #require(scene.origin.lastRequest)
                #expect(asked.target == "/rpc" && asked.text.contains("0x1626ba7e"))
                #expect(asked.text.contains(page.wallet.address.lowercased()))
            }
        }
    }

    @Test func `sign in before they are deployed, by a call that deploys them`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            func word(_ digits: String) -> String { String(repeating: "0", count: 64 - digits.count) + digits }
            let body = Self.yes.dropFirst(2)
            // (bool, bytes)[2]: the deployment failed, the signature is good.
            let outcomes =
                word("20") + word("2") + word("40") + word("a0") + word("0") + word("40") + word("0") + word("1")
                + word("40") + word("20") + body
            scene.origin.always { _ in Self.result("0x" + outcomes) }
            let wrapped =
                word("fac7") + word("60") + word("a0") + word("1") + "ab" + String(repeating: "0", count: 62)
                + word("1") + "cd" + String(repeating: "0", count: 62) + String(repeating: "6492", count: 16)
            let message = page.message(try await page.nonce())
            let answer = try await page.ask(
                "POST", "/auth/verify",
                .object([("message", .string(message)), ("signature", .string("0x" + wrapped))]))
            #expect(answer.status == 200, "\(answer.text)")
            let asked = try #require(scene.origin.lastRequest)
            #expect(asked.text.lowercased().contains("ca11bde05977b3631167028862be2a173976ca11"))
            #expect(asked.text.contains("000000000000000000000000000000000000fac7"))
        }
    }

    @Test func `are told to come back when the chain cannot be asked`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            scene.origin.always(500)
            let answer = try await page.verify(page.message(try await page.nonce()), Self.signature)
            #expect(answer.status == 503 && answer["Retry-After"] == "2", "\(answer.text)")
            #expect(try await scene.metric("mintcache_sign_ins_total{outcome=\"unavailable\"} 1"))
            // A key needs nobody else's word.
            try await page.signIn()
        }
    }
}
