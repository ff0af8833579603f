import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Content: one gateway after another", .timeLimit(.minutes(2))) struct GatewayFailoverScenarios {
    private static let text = "what the address names"
    private static let cid = SceneContent.identifier(of: text)
    private static let directory = SceneContent.old

    @Test(arguments: [
        Reply(404), Reply(410), Reply(451), Reply(403), Reply(429, ["Retry-After: 9"]), Reply(500), Reply(504),
        Reply(202), Reply.reset, Reply.close, Reply.octets("HTTP/1.1 200 OK\nX: y\n\n"),
        Reply(200, ["Content-Encoding: gzip"], "zipped"), Reply(200, [], "something else"),
        Reply(200, ["ETag: \"DirIndex-1_CID-x\"", "Content-Type: text/html"], "<html></html>"),
        Reply(200, ["Content-Type: text/html"], "<!DOCTYPE html><title>/ipfs/x</title>"),
        Reply(302, ["Location: http://127.0.0.1:1/inside"]), Reply(302, ["Location: file:///etc/passwd"]),
        Reply(200, ["Content-Length: 22"], length: 22, then: [.body(Array("what".utf8)), .close]),
    ])
    func `the next is asked before anything is sent`(bad: Reply) async throws {
        try await ContentScene.play { scene in
            scene.gateways[0].answers(bad)
            scene.gateways[1].always(200, ["Content-Type: text/plain"], Self.text)
            let answer = try await scene.get("/ipfs/\(Self.cid)")
            answer.expect(200, Self.text)
            #expect(answer["Mintcache-Verified"] == "yes")
            #expect(scene.requestCounts == [1, 1])
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text, .hit)
        }
    }

    @Test func `one that cannot be reached, and one that hangs, keep nobody waiting long`() async throws {
        var options = ContentScene.Options()
        options.gateways = 3
        options.upstream = ["hedge_after: 20ms", "timeout: 5s"]
        try await ContentScene.play(options) { scene in
            await scene.gateways[0].vanish()
            scene.gateways[1].answers(.hang)
            scene.gateways[2].always(200, [], Self.text)
            let start = MonotonicTime.current
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text)
            #expect(MonotonicTime.current - start < .seconds(2))
            // The one that was overtaken is broken off.
            try await eventually("the end of the slow exchange") { scene.gateways[1].openConnectionCount == 0 }
        }
    }

    @Test func `one that is asked beside another is counted, and whether it was faster`() async throws {
        var options = ContentScene.Options()
        options.upstream = ["hedge_after: 20ms", "timeout: 5s"]
        try await ContentScene.play(options) { scene in
            scene.gateways[0].answers(.hang)
            scene.gateways[1].always(200, [], Self.text)
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text)
            #expect(try await scene.metric("gateway_hedges_total") == 1)
            #expect(try await scene.metric("gateway_hedges_won_total") == 1)
        }
    }

    @Test func `it is missing only when all say so, which is remembered for a while`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(404)
            let missing = try await scene.get("/ipfs/\(Self.cid)")
            #expect(missing.status == 404 && missing["Content-Type"] == "application/problem+json")
            #expect(missing["Cache-Control"] == "public, max-age=300")
            let root = try JSONDocument(validating: missing.body).root
            #expect(root["type"]?.string == "urn:mintcache:problem:content-not-found")
            #expect(root["attempts"]?.elements.map { $0["outcome"]?.string } == ["status-404", "status-404"])
            let host = root["attempts"]?.elements.first { _ in true }?["host"]?.string
            #expect(host == "127.0.0.1:\(scene.gateways[0].port)")
            try await scene.get("/ipfs/\(Self.cid)").expect(404, nil, .hit)
            #expect(scene.requestCounts == [1, 1])
            scene.time.advance(by: .seconds(301))
            scene.allAnswer(200, [], Self.text)
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text, .forwarded)
        }
    }

    @Test(arguments: [
        ([404, 500], 502, "upstream-failed"), ([451, 404], 451, "content-withheld"),
        ([451, 451], 451, "content-withheld"), ([504, 504], 504, "upstream-timeout"),
        ([500, 429], 502, "upstream-failed"), ([403, 404], 502, "upstream-failed"),
    ])
    func `what all say together is answered`(statuses: [Int], status: Int, slug: String) async throws {
        try await ContentScene.play { scene in
            for (gateway, status) in zip(scene.gateways, statuses) { gateway.always(status) }
            let answer = try await scene.get("/ipfs/\(Self.cid)")
            #expect(answer.status == status && answer.text.contains(slug))
            #expect((answer["Retry-After"] != nil) == (status >= 500))
            #expect(status < 500 || answer["Cache-Control"] == "no-store")
            // A failure is remembered, for a shorter while.
            #expect(try await scene.get("/ipfs/\(Self.cid)").status == status)
            #expect(scene.requestCounts == [1, 1])
        }
    }

    @Test func `a directory that every gateway lists is no content`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(
                200, ["ETag: \"DirIndex-2b_CID-x\"", "Content-Type: text/html"], "<html><title>Index</title></html>")
            let answer = try await scene.get("/ipfs/\(Self.directory)/")
            #expect(answer.status == 404 && answer.text.contains("directory"))
        }
    }

    @Test func `a page is believed only when no other gateway has something else`() async throws {
        try await ContentScene.play { scene in
            let challenge = "<!DOCTYPE html><script>challenge()</script>"
            scene.gateways[0].answers(200, ["Content-Type: text/html"], challenge)
            scene.gateways[1].answers(200, ["Content-Type: application/json"], "{\"name\":1}")
            let answer = try await scene.get("/ipfs/\(Self.directory)/1")
            answer.expect(200, "{\"name\":1}")
            scene.allAnswer(200, ["Content-Type: text/html"], "<!DOCTYPE html><p>a page</p>")
            let page = try await scene.get("/ipfs/\(Self.directory)/page")
            page.expect(200, "<!DOCTYPE html><p>a page</p>")
            #expect(page["Content-Type"] == "text/plain; charset=utf-8")
        }
    }

    @Test func `redirects are followed inside: to sandboxes, to subdomains, to a slash`() async throws {
        var options = ContentScene.Options()
        options.headers = ["X-Key: first-secret"]
        try await ContentScene.play(options) { scene in
            let sandbox = "http://127.0.0.1:\(scene.elsewhere.port)/\(SceneContent.transaction)"
            scene.gateways[0].answers(302, ["Location: \(sandbox)"])
            scene.elsewhere.answers(200, ["Content-Type: application/json", "Set-Cookie: a=b"], "{}")
            let answer = try await scene.get("/ar/\(SceneContent.transaction)")
            answer.expect(200, "{}")
            #expect(answer["Location"] == nil && answer["Set-Cookie"] == nil)
            #expect(scene.elsewhere.lastRequest?["X-Key"] == nil)
            let canonical = try #require(CID(Self.cid)).canonical
            scene.gateways[0].answers(301, ["Location: /ipfs/\(canonical)/"])
            scene.gateways[0].answers(200, [], Self.text)
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text)
            #expect(scene.gateways[0].lastRequest?["X-Key"] == "first-secret")
            #expect(scene.requestCounts == [3, 0])
        }
    }

    @Test func `a name's last answer stands in when no gateway has one`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, ["Cache-Control: max-age=10"], "old")
            try await scene.get("/ipns/docs.example/a").expect(200, "old")
            scene.time.advance(by: .seconds(30))
            scene.allAnswer(500)
            try await scene.get("/ipns/docs.example/a").expect(200, "old", .reason("stale"))
        }
    }

    @Test func `content larger than is served is refused`() async throws {
        var options = ContentScene.Options()
        options.content = ["max_body: 64KiB"]
        try await ContentScene.play(options) { scene in
            for gateway in scene.gateways {
                gateway.always { _ in Reply(200, [], length: 100_000, then: [.fill(100_000)]) }
            }
            let told = try await scene.get("/ipfs/\(Self.directory)/told")
            #expect(told.status == 502 && told.text.contains("larger"))
            for gateway in scene.gateways {
                gateway.always { _ in Reply(200, [], length: nil, then: [.fill(200_000), .close]) }
            }
            let untold = try await scene.get("/ipfs/\(Self.directory)/untold")
            #expect(untold.status == 502 || !untold.isComplete)
        }
    }
}
