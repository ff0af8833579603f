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
