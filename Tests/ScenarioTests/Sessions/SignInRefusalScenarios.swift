import HTTPCaching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Signing in is refused", .timeLimit(.minutes(1))) struct SignInRefusalScenarios {
    @Test(arguments: [
        ("domain", "evil.example wants you to sign in with your Ethereum account:", "domain"),
        ("domain", "http://app.example.com wants you to sign in with your Ethereum account:", "scheme"),
        ("uri", "URI: https://evil.example/", "uri"), ("uri", "URI: https://app.example.com.evil.example/", "uri"),
        ("chain", "Chain ID: 137", "chain"), ("chain", "Chain ID: 5", "chain"),
        ("address", TestWallet(2).address, "signature"),
    ])
    func `for another site, chain or address, though it is signed`(
        _ part: String, _ text: String, _ reason: String
    ) async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let answer = try await page.verify(page.message(try await page.nonce(), [part: text]))
            #expect(answer.status == 401 && answer.refusal == "sign-in-refused: \(reason)", "\(answer.text)")
            #expect(answer["WWW-Authenticate"] != nil && page.cookies["__Host-session"] == nil)
        }
    }

    @Test(
        arguments: [
            (0, -301, nil, "issued-at"), (0, 90, nil, "issued-at"), (0, 0, "Expiration Time: {0}", "expired"),
            (0, 0, "Expiration Time: {-1}", "expired"), (0, 0, "Not Before: {60}", "not-yet-valid"),
            (301, 301, nil, "nonce"),
        ] as [(Int, Int, String?, String)])
    func `outside its times`(_ wait: Int, _ issued: Int, _ field: String?, _ reason: String) async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let nonce = try await page.nonce()
            let now = scene.time.now / 1000
            var changes = ["issued": "Issued At: \(InternetTimestamp.text(now + Int64(issued)))"]
            if let field, let open = field.firstIndex(of: "{") {
                let offset = Int64(field[field.index(after: open)...].dropLast()) ?? 0
                changes["end"] = field[..<open] + InternetTimestamp.text(now + offset)
            }
            scene.pass(.seconds(wait))
            let answer = try await page.verify(page.message(nonce, changes))
            #expect(answer.refusal == "sign-in-refused: \(reason)", "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("statement", "Sign in.\nURI: https://evil.example/"), ("version", "Version: 2"), ("version", "Version: 1\r"),
        ("address", TestWallet(1).address.lowercased()), ("end", "\n"),
    ])
    func `when the message breaks the grammar`(_ part: String, _ text: String) async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let answer = try await page.verify(page.message(try await page.nonce(), [part: text]))
            #expect(answer.status == 400 && answer.refusal == "invalid-message", "\(answer.text)")
        }
    }

    @Test func `when it is played again`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let message = page.message(try await page.nonce())
            let cookies = page.cookies
            #expect(try await page.verify(message).status == 200)
            page.cookies = cookies
            #expect(try await page.verify(message).refusal == "sign-in-refused: nonce")
        }
    }

    @Test(arguments: Tier.allCases)
    func `to all but one of a hundred that use a nonce together`(_ tier: Tier) async throws {
        let redis = tier == .redisOnly ? try await RedisServer.start() : nil
        let options = SessionScene.Options(
            redis: redis?.url, sessions: ["requests_per_minute: 1000", "sign_ins_per_minute: 1000"])
        try await SessionScene.play(options) { scene in
            var page = SessionPage(scene)
            let message = page.message(try await page.nonce())
            let asking = page
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        var copy = asking
                        let answer = try await copy.verify(message)
                        return answer.status == 200 ? "done" : answer.refusal
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == "done" } == 1)
            #expect(answers.count { $0 == "sign-in-refused: nonce" } == 99)
        }
        try await redis?.stop()
    }

    @Test func `after a failed attempt with the same nonce`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            let message = page.message(try await page.nonce())
            #expect(try await page.verify(message, TestWallet(2).signature(of: message)).status == 401)
            #expect(try await page.verify(message).refusal == "sign-in-refused: nonce")
        }
    }

    @Test func `to a browser that did not ask for the nonce`() async throws {
        try await SessionScene.play { scene in
            var victim = SessionPage(scene, 1)
            var thief = SessionPage(scene, 1)
            let message = victim.message(try await victim.nonce())
            #expect(try await thief.verify(message).refusal == "sign-in-refused: nonce")
            _ = try await thief.nonce()
            let second = victim.message(try await victim.nonce())
            #expect(try await thief.verify(second).refusal == "sign-in-refused: nonce")
            let unknown = thief.message(String(repeating: "0", count: 32))
            #expect(try await thief.verify(unknown).refusal == "sign-in-refused: nonce")
        }
    }

    @Test func `with a signature that is malleable, cut short, or another's`() async throws {
        try await SessionScene.play(.init(sessions: ["sign_ins_per_minute: 100"])) { scene in
            var page = SessionPage(scene)
            // Nobody's contract: the chain says that there is none.
            scene.origin.always(200, ["Content-Type: application/json"], #"{"jsonrpc":"2.0","id":1,"result":"0x"}"#)
            for (name, change) in [
                ("malleable-signature", TestWallet.mirrored), ("signature", { Array($0.dropLast()) }),
                ("signature", { $0 + [0] }), ("signature", { Array($0.dropLast()) + [29] }),
                ("signature", { [$0[0] ^ 1] + $0.dropFirst() }), ("signature", { _ in [] }),
                ("signature", { _ in [UInt8](repeating: 0, count: 65) }),
            ] as [(String, ([UInt8]) -> [UInt8])] {
                let message = page.message(try await page.nonce())
                let answer = try await page.verify(message, change(page.wallet.signature(of: message)))
                #expect(answer.refusal == "sign-in-refused: \(name)", "\(answer.text)")
            }
            let message = page.message(try await page.nonce())
            let other = TestWallet(1).signature(of: message + " ")
            #expect(try await page.verify(message, other).refusal == "sign-in-refused: signature")
            #expect(try await scene.metric("mintcache_sign_ins_total{outcome=\"signature\"} 8"))
        }
    }

    @Test func `to pages of other sites, and so is everything that changes something`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            try await page.signIn()
            let requests: [(String, String, JSONNode?)] = [
                ("POST", "/auth/nonce", nil), ("POST", "/auth/verify", object(["message": "", "signature": "0x"])),
                ("PATCH", "/auth/session", object(["username": "mallory"])), ("DELETE", "/auth/session", nil),
                ("DELETE", "/auth/sessions", nil),
            ]
            for origin in [
                nil, "null", "https://evil.example", "http://app.example.com", "https://app.example.com:444",
            ] {
                page.origin = origin
                for (method, path, body) in requests {
                    let answer = try await page.ask(method, path, body)
                    #expect(answer.status == 403 && answer.refusal == "foreign-origin", "\(method) \(path)")
                    #expect(answer["Access-Control-Allow-Origin"] == nil && answer["Cache-Control"] == "no-store")
                }
            }
            page.origin = SessionScene.origin
            #expect(try await page.ask("GET", "/auth/session").document["user"]?["username"]?.isNull == true)
            let twice = ["Origin: \(SessionScene.origin)", "Origin: https://evil.example"]
            #expect(try await scene.ask("POST", "/auth/nonce", twice).status == 403)
        }
    }

    @Test func `to forms and what else is no JSON`() async throws {
        try await SessionScene.play { scene in
            let origin = "Origin: \(SessionScene.origin)"
            for type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] {
                let answer = try await scene.ask("POST", "/auth/verify", [origin, "Content-Type: \(type)"], body: "{}")
                #expect(answer.status == 415, "\(type)")
            }
            for body in [
                "{", "[]", "{\"message\":1,\"signature\":\"0x\"}", "{\"message\":\"\",\"signature\":\"00\"}",
                "{\"x\":1}",
            ] {
                let answer = try await scene.ask(
                    "POST", "/auth/verify", [origin, "Content-Type: application/json"], body: body)
                #expect(answer.status == 400 && answer.refusal == "invalid-request", "\(body)")
            }
            #expect(try await scene.ask("GET", "/auth/nonce").status == 405)
            #expect(try await scene.ask("POST", "/auth/nonce?x=1", [origin]).status == 400)
            #expect(try await scene.ask("POST", "/auth/elsewhere", [origin]).status == 404)
            #expect(try await scene.ask("POST", "/%61uth/nonce", [origin]).status == 200)
        }
    }

    @Test func `to what is no session's cookie`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            _ = try await page.nonce()
            let browser = try #require(page.cookies["__Host-presession"])
            try await page.signIn()
            let token = try #require(page.cookies["__Host-session"])
            for cookie in [
                "__Host-session=\(browser)", "__Host-session=", "session=\(token)", "__host-session=\(token)",
                "__Host-session=\(token); __Host-session=\(token)", "__Host-session=\(token.uppercased())",
                "__Host-session=\(token)0", "__Host-session=" + String(repeating: "0", count: token.count),
                "__Host-session=\(token.dropLast())0", "__Host-session=\"\(token)\"",
            ] where cookie != "__Host-session=\(token)" {
                let answer = try await scene.ask("GET", "/auth/session", ["Cookie: \(cookie)"])
                #expect(answer.status == 401, "\(cookie)")
            }
            #expect(
                try await scene.ask("GET", "/auth/session", ["Cookie: a=b;__Host-session=\(token) ; c"]).status == 200)
        }
    }

    @Test func `for a while to clients and wallets that try too often`() async throws {
        try await SessionScene.play(.init(sessions: ["requests_per_minute: 5"])) { scene in
            var page = SessionPage(scene)
            for _ in 0..<5 { _ = try await page.nonce() }
            let answer = try await page.ask("POST", "/auth/nonce")
            #expect(answer.status == 429 && answer["Cache-Control"] == "no-store")
            let seconds = answer["Retry-After"].flatMap { Int($0) }
            // The clock goes on while the others are answered.
            #expect(seconds.map { (1...12).contains($0) } == true)
            scene.pass(.seconds(12))
            _ = try await page.nonce()
        }
        try await SessionScene.play(.init(sessions: ["sign_ins_per_minute: 2"])) { scene in
            var page = SessionPage(scene)
            for _ in 0..<2 { try await page.signIn() }
            let answer = try await page.verify(page.message(try await page.nonce()))
            #expect(answer.status == 429)
            let seconds = answer["Retry-After"].flatMap { Int($0) }
            #expect(seconds.map { (1...30).contains($0) } == true)
            var other = SessionPage(scene, 2)
            try await other.signIn()
        }
    }

    @Test func `never to a wallet because others tried in its name`() async throws {
        try await SessionScene.play(.init(sessions: ["sign_ins_per_minute: 2"])) { scene in
            var stranger = SessionPage(scene)
            for _ in 0..<3 {
                let message = stranger.message(try await stranger.nonce())
                _ = try await stranger.verify(message, [UInt8](repeating: 0xAB, count: 130))
            }
            var page = SessionPage(scene)
            try await page.signIn()
        }
    }

    @Test func `never to a contract because others tried in its name from elsewhere`() async throws {
        try await SessionScene.play(.init(sessions: ["sign_ins_per_minute: 2"])) { scene in
            var stranger = SessionPage(scene)
            var owner = SessionPage(scene)
            owner.address = "192.0.2.2"
            for status in [401, 401, 429] {
                let message = stranger.message(try await stranger.nonce())
                let answer = try await stranger.verify(message, [UInt8](repeating: 0xAB, count: 130))
                #expect(answer.status == status, "\(answer.text)")
            }
            let message = owner.message(try await owner.nonce())
            let answer = try await owner.verify(message, [UInt8](repeating: 0xAB, count: 130))
            // It is the contract that is asked, and there is none.
            #expect(answer.refusal == "sign-in-refused: signature")
        }
    }

    @Test func `by browsers to pages that are not ours, by what they are told`() async throws {
        try await SessionScene.play { scene in
            let preflight = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"]
            let own = try await scene.ask("OPTIONS", "/auth/verify", ["Origin: \(SessionScene.origin)"] + preflight)
            #expect(own.status == 204 && own["Access-Control-Allow-Origin"] == SessionScene.origin)
            #expect(own["Access-Control-Allow-Credentials"] == "true" && own["Vary"] == "Origin")
            #expect(own["Cache-Control"] == "no-store")
            let foreign = try await scene.ask("OPTIONS", "/auth/verify", ["Origin: https://evil.example"] + preflight)
            #expect(foreign["Access-Control-Allow-Origin"] == nil)
            #expect(foreign["Access-Control-Allow-Credentials"] == nil)
            var page = SessionPage(scene)
            let signedIn = try await page.signIn()
            #expect(signedIn["Access-Control-Allow-Credentials"] == "true")
            page.origin = "https://evil.example"
            let read = try await page.ask("GET", "/auth/session")
            #expect(read.status == 200 && read["Access-Control-Allow-Origin"] == nil)
        }
    }
}
