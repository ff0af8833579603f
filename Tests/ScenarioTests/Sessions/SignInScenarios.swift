import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Signing in with a wallet", .timeLimit(.minutes(1))) struct SignInScenarios {
    @Test(arguments: Tier.allCases) func `gives a session that only the cookie proves`(_ tier: Tier) async throws {
        let redis = tier == .redisOnly ? try await RedisServer.start() : nil
        try await SessionScene.play(.init(redis: redis?.url)) { scene in
            var page = SessionPage(scene)
            #expect(try await page.ask("GET", "/auth/session").refusal == "session-required")
            let signedIn = try await page.signIn()
            let session = try signedIn.document
            #expect(session["wallet_address"]?.string == page.wallet.address)
            #expect(session["chain"]?.string == "eip155:1")
            #expect(session["user"]?["username"]?.isNull == true)
            #expect(session["user"]?["id"]?.string?.count == 36)
            let cookie = try #require(signedIn.values("Set-Cookie").first { $0.hasPrefix("__Host-session=") })
            #expect(cookie.hasSuffix("; Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax"))
            #expect(page.cookies.keys.sorted() == ["__Host-session"])
            let again = try await page.ask("GET", "/auth/session")
            #expect(again.status == 200 && again.body == signedIn.body)
            for answer in [signedIn, again] { #expect(answer["Cache-Control"] == "no-store") }
            let token = try #require(page.cookies["__Host-session"])
            #expect(!again.text.contains(token.suffix(64)))
            if let redis {
                let stored = try await redis.command(
                    "HGETALL", "mintcache:sessions:\(page.wallet.address.lowercased())")
                #expect(!stored.isEmpty && !stored.contains(token.suffix(64)))
                #expect(
                    try await Int(redis.command("PTTL", "mintcache:sessions:\(page.wallet.address.lowercased())")) ?? 0
                        > 0)
            }
        }
        try await redis?.stop()
    }

    @Test func `makes a user once, and a new session every time`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let first = try await page.signIn().document
            let token = page.cookies["__Host-session"]
            let second = try await page.signIn().document
            #expect(first["user"]?["id"]?.string == second["user"]?["id"]?.string)
            #expect(first["id"]?.string != second["id"]?.string)
            // What the browser had before is over.
            page.cookies["__Host-session"] = token
            #expect(try await page.ask("GET", "/auth/session").status == 401)
            var other = SessionPage(scene, 2)
            let third = try await other.signIn().document
            #expect(first["user"]?["id"]?.string != third["user"]?["id"]?.string)
            #expect(try await scene.metric("mintcache_sign_ins_total{outcome=\"done\"} 3"))
        }
    }

    @Test func `is done on one page though another has begun it since`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let first = try await page.nonce()
            let browser = try #require(page.cookies["__Host-presession"])
            let second = try await page.nonce()
            #expect(first != second && page.cookies["__Host-presession"] == browser)
            #expect(try await page.verify(page.message(first)).status == 200)
            // With that it is done for the browser.
            #expect(page.cookies["__Host-presession"] == nil)
            page.cookies["__Host-presession"] = browser
            #expect(try await page.verify(page.message(first)).refusal == "sign-in-refused: nonce")
        }
    }

    @Test(arguments: ["x", String(repeating: "0", count: 31), String(repeating: "A", count: 32)])
    func `is tied to the browser by what is made here`(_ planted: String) async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            page.cookies["__Host-presession"] = planted
            _ = try await page.nonce()
            #expect(page.cookies["__Host-presession"] != planted)
            try await page.signIn()
        }
    }

    @Test func `takes v as 0 and 1, too`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let message = page.message(try await page.nonce())
            var signature = page.wallet.signature(of: message)
            signature[64] -= 27
            #expect(try await page.verify(message, signature).status == 200)
        }
    }

    @Test func `lets a user choose a name that nobody has`() async throws {
        try await SessionScene.play { scene in
            var alice = SessionPage(scene, 1)
            var bob = SessionPage(scene, 2)
            #expect(try await alice.ask("PATCH", "/auth/session", object(["username": "Alice"])).status == 401)
            try await alice.signIn()
            try await bob.signIn()
            let named = try await alice.ask("PATCH", "/auth/session", object(["username": "Alice_1"]))
            #expect(try named.document["user"]?["username"]?.string == "Alice_1")
            #expect(
                try await bob.ask("PATCH", "/auth/session", object(["username": "aLICE_1"])).refusal == "username-taken"
            )
            #expect(try await alice.ask("PATCH", "/auth/session", object(["username": "alice_1"])).status == 200)
            for name in ["al", "Admin", "a b c", "\u{E9}clair", ""] {
                let answer = try await bob.ask("PATCH", "/auth/session", .object([("username", .string(name))]))
                #expect(answer.status == 400 && answer.refusal == "invalid-username", "\(name)")
            }
            #expect(try await bob.ask("PATCH", "/auth/session", .object([("username", .null)])).status == 400)
            #expect(try await bob.ask("GET", "/auth/session").document["user"]?["username"]?.isNull == true)
            #expect(try await alice.ask("GET", "/auth/session").document["user"]?["username"]?.string == "alice_1")
        }
    }

    @Test(arguments: Tier.allCases) func `can be undone here and everywhere`(_ tier: Tier) async throws {
        let redis = tier == .redisOnly ? try await RedisServer.start() : nil
        try await SessionScene.play(.init(redis: redis?.url)) { scene in
            var pages = (0..<3).map { _ in SessionPage(scene) }
            var stranger = SessionPage(scene, 2)
            try await stranger.signIn()
            for index in pages.indices {
                scene.pass(.seconds(1))
                try await pages[index].signIn()
            }
            let list = try await pages[0].ask("GET", "/auth/sessions").document
            let sessions = Array(try #require(list["sessions"]).elements)
            #expect(sessions.map { $0["current"]?.boolean } == [false, false, true])
            #expect(sessions.allSatisfy { $0["user_agent"]?.string == "Tester/1.0" })
            var left = pages[0]
            #expect(try await pages[0].ask("DELETE", "/auth/session").status == 204)
            #expect(pages[0].cookies.isEmpty)
            // A copy of the cookie is worth nothing now.
            #expect(try await left.ask("GET", "/auth/session").status == 401)
            #expect(try await pages[1].ask("GET", "/auth/session").status == 200)
            #expect(try await pages[1].ask("DELETE", "/auth/sessions").status == 204)
            #expect(try await pages[2].ask("GET", "/auth/session").status == 401)
            #expect(try await stranger.ask("GET", "/auth/session").status == 200)
        }
        try await redis?.stop()
    }

    @Test func `ends when it is not used, and in any case at last`() async throws {
        try await SessionScene.play(.init(sessions: ["ttl: 10h", "idle: 1h"])) { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            for _ in 0..<10 {
                scene.pass(.seconds(3540))
                #expect(try await page.ask("GET", "/auth/session").status == 200)
            }
            scene.pass(.seconds(601))
            #expect(try await page.ask("GET", "/auth/session").status == 401)
            try await page.signIn()
            scene.pass(.seconds(3600))
            #expect(try await page.ask("GET", "/auth/session").status == 401)
        }
    }

    @Test func `keeps the wallet's sessions within bounds`() async throws {
        try await SessionScene.play(.init(sessions: ["sign_ins_per_minute: 100", "requests_per_minute: 1000"])) {
            scene in
            var first = SessionPage(scene)
            try await first.signIn()
            for _ in 0..<32 {
                scene.pass(.seconds(1))
                var page = SessionPage(scene)
                try await page.signIn()
            }
            #expect(try await first.ask("GET", "/auth/session").status == 401)
        }
    }

    @Test func `is not there while sessions are not enabled`() async throws {
        try await SessionScene.play(.init(section: "sessions: { enabled: false }")) { scene in
            for (method, path) in [("POST", "/auth/nonce"), ("GET", "/auth/session")] {
                let answer = try await scene.ask(method, path, ["Origin: \(SessionScene.origin)"])
                #expect(answer.status == 404 && answer.refusal == "unknown-route")
            }
        }
    }
}
