import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Routes that know who asks", .timeLimit(.minutes(1))) struct SessionRouteScenarios {
    private static func target(_ wallet: TestWallet) -> String { "for \(wallet.address.lowercased())" }

    @Test func `let nobody through without a session where one is required`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let refused = try await page.ask("GET", "/own/a")
            #expect(refused.status == 401 && refused.refusal == "session-required")
            #expect(refused["Cache-Control"] == "no-store" && scene.origin.requestCount == 0)
            #expect(try await page.ask("GET", "/maybe/a").text == "for ")
            try await page.signIn()
            #expect(try await page.ask("GET", "/own/a").text == Self.target(page.wallet))
            #expect(try await page.ask("GET", "/maybe/a").text == Self.target(page.wallet))
            page.cookies["__Host-session"] = String(repeating: "0", count: 104)
            #expect(try await page.ask("GET", "/own/a").status == 401)
            #expect(try await page.ask("GET", "/maybe/a").text == "for ")
        }
    }

    @Test(
        arguments: ["open", "maybe", "own"],
        [
            "X-Mintcache-Wallet", "x-mintcache-wallet", "X_Mintcache_Wallet", "X.Mintcache.Wallet",
            "x'mintcache'WALLET", "X~Mintcache-Wallet",
        ])
    func `never pass on a wallet that a client names`(_ route: String, _ name: String) async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            let forged = ["\(name): 0xforged", "Connection: close, X-Mintcache-Wallet", "\(name): 0xforged"]
            let answer = try await scene.ask("GET", "/\(route)/a", page.fields + forged)
            #expect(answer.text == (route == "open" ? "for " : Self.target(page.wallet)))
            let seen = try #require(scene.origin.lastRequest)
            #expect(!seen.fields.contains { $0.value.contains("forged") })
            if route == "maybe" {
                let nobody = try await scene.ask("GET", "/\(route)/b", forged)
                #expect(nobody.text == "for ")
            }
        }
    }

    @Test func `keep each wallet's answers apart, and share where that is said`() async throws {
        try await SessionScene.play { scene in
            var alice = SessionPage(scene, 1)
            var bob = SessionPage(scene, 2)
            try await alice.signIn()
            try await bob.signIn()
            for _ in 0..<2 {
                #expect(try await alice.ask("GET", "/own/a").text == Self.target(alice.wallet))
                #expect(try await bob.ask("GET", "/own/a").text == Self.target(bob.wallet))
            }
            #expect(scene.origin.requestCount == 2)
            // Shared answers are made for nobody in particular.
            #expect(try await alice.ask("GET", "/shared/a").text == "for ")
            #expect(try await bob.ask("GET", "/shared/a")["Cache-Status"]?.contains("hit") == true)
            #expect(scene.origin.requestCount == 3)
            #expect(try await scene.ask("GET", "/shared/a").status == 401)
            #expect(try await scene.ask("GET", "/own/a").status == 401)
        }
    }

    @Test func `forget what every wallet has of a URL once one has changed it`() async throws {
        try await SessionScene.play { scene in
            var alice = SessionPage(scene, 1)
            var bob = SessionPage(scene, 2)
            try await alice.signIn()
            try await bob.signIn()
            func isHit(_ page: SessionPage?, _ path: String) async throws -> Bool {
                let answer = try await scene.ask("GET", path, page?.fields ?? [])
                #expect(answer.status == 200, "\(answer.text)")
                return answer["Cache-Status"]?.contains("hit") == true
            }
            for (path, others) in [("/own/a?b", [alice, bob]), ("/maybe/a?b", [alice, bob, nil])] {
                for page in others {
                    _ = try await isHit(page, path)
                    _ = try await isHit(page, "/maybe/c")
                    #expect(try await isHit(page, path))
                }
                #expect(try await alice.ask("POST", path, "x").status == 200)
                for page in others {
                    #expect(try await !isHit(page, path))
                    #expect(try await isHit(page, path))
                    #expect(try await isHit(page, "/maybe/c"))
                }
            }
            // Who is not signed in may change something, too.
            #expect(try await scene.ask("POST", "/maybe/a?b").status == 200)
            #expect(try await !isHit(bob, "/maybe/a?b"))
        }
    }

    @Test func `tell caches in front to keep nothing, and browsers to ask`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            for path in ["/own/a", "/own/a", "/maybe/a", "/shared/a"] {
                let answer = try await page.ask("GET", path)
                #expect(answer.values("Cache-Control") == ["private, no-cache"], "\(path)")
                #expect(answer["CDN-Cache-Control"] == nil)
            }
            #expect(try await scene.ask("GET", "/maybe/b").values("Cache-Control") == ["private, no-cache"])
            let open = try await scene.ask("GET", "/open/a")
            #expect(open["Cache-Control"] == "public, max-age=60" && open["CDN-Cache-Control"] == "max-age=600")
        }
    }

    @Test func `keep the session's cookie from upstreams, and theirs from the browser`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            page.cookies["theme"] = "dark"
            let planted = ["__Host-session=planted", "=__Host-session=planted", " = __Host-presession=planted"]
            scene.origin.always(200, planted.map { "Set-Cookie: \($0); Path=/; Secure" } + ["Set-Cookie: a=b"])
            for path in ["/open/c", "/maybe/c"] {
                let answer = try await page.ask("GET", path)
                #expect(answer.values("Set-Cookie") == ["a=b"])
                #expect(scene.origin.lastRequest?.values("Cookie").joined().contains("theme=dark") == true)
                #expect(scene.origin.lastRequest?.values("Cookie").joined().contains("__Host-") == false)
            }
        }
    }

    @Test func `let only our own pages change anything in somebody's name`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            for origin in [nil, "null", "https://evil.example"] {
                page.origin = origin
                for path in ["/own/a", "/maybe/a"] {
                    #expect(try await page.ask("POST", path, "x").refusal == "foreign-origin")
                }
            }
            #expect(scene.origin.requestCount == 0)
            page.origin = SessionScene.origin
            #expect(try await page.ask("POST", "/own/a", "x").text == Self.target(page.wallet))
            #expect(scene.origin.lastRequest?.text == "\"x\"")
            // Nobody's name is used here.
            #expect(try await scene.ask("POST", "/maybe/a", body: "x").text == "for ")
        }
    }

    @Test func `count a wallet's requests, wherever they come from`() async throws {
        let limit = ", wallet_rate_limit: { requests_per_second: 1, burst: 2 }"
        try await SessionScene.play(.init(limited: limit)) { scene in
            var phone = SessionPage(scene, 1)
            var desk = SessionPage(scene, 1)
            var other = SessionPage(scene, 2)
            try await phone.signIn()
            try await desk.signIn()
            try await other.signIn()
            #expect(try await phone.ask("GET", "/limited/a").status == 200)
            #expect(try await desk.ask("GET", "/limited/b").status == 200)
            let refused = try await desk.ask("GET", "/limited/c")
            #expect(refused.status == 429 && refused["Retry-After"] == "1")
            #expect(try await other.ask("GET", "/limited/a").status == 200)
            scene.pass(.seconds(1))
            #expect(try await phone.ask("GET", "/limited/a").status == 200)
        }
    }
}
