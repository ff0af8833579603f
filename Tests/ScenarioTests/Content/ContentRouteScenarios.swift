import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("Content by its address", .timeLimit(.minutes(2))) struct ContentRouteScenarios {
    private static let text = "what the address names"
    private static let cid = SceneContent.identifier(of: text)
    private static let directory = SceneContent.old

    @Test func `is fetched once, checked, and kept as immutable`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, ["Content-Type: text/plain"], Self.text)
            let first = try await scene.get("/ipfs/\(Self.cid)")
            first.expect(200, Self.text, .forwarded)
            let canonical = try #require(CID(Self.cid)).canonical
            #expect(first["ETag"] == "\"\(canonical)\"" && first["X-Ipfs-Path"] == "/ipfs/\(canonical)")
            #expect(first["Cache-Control"] == "public, max-age=29030400, immutable")
            #expect(first["Mintcache-Verified"] == "yes" && first["Accept-Ranges"] == "bytes")
            scene.time.advance(by: .seconds(3600))
            let second = try await scene.get("/ipfs/\(canonical)")
            second.expect(200, Self.text, .hit, age: 3600)
            #expect(second["Mintcache-Verified"] == "yes")
            #expect(scene.requestCounts == [1, 0])
        }
    }

    @Test func `shares one entry between all spellings of the identifier and the path`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, ["Content-Type: image/png"], "bytes")
            let canonical = try #require(CID(Self.directory)).canonical
            for path in [
                "/ipfs/\(Self.directory)/a b/1.png".replacing(" ", with: "%20"), "/ipfs/\(canonical)/a%20b/1.png",
                "/ipfs/\(canonical)/%61%20b/1.png", "/ipfs/\(canonical)/a%20b%2f1.png",
            ] {
                try await scene.get(path).expect(200, "bytes")
            }
            #expect(scene.requestCounts == [1, 0])
            #expect(scene.gateways[0].lastRequest?.target == "/ipfs/\(canonical)/a%20b/1.png")
        }
    }

    @Test func `of Arweave is kept as immutable, too, and undecided content says so`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, ["Content-Type: application/json"], "{}")
            let first = try await scene.get("/ar/\(SceneContent.transaction)/0.json")
            first.expect(200, "{}", .forwarded)
            #expect(first["Mintcache-Verified"] == "no" && first["X-Ipfs-Path"] == nil)
            #expect(first["Cache-Control"] == "public, max-age=29030400, immutable")
            #expect(scene.gateways[0].lastRequest?.target == "/\(SceneContent.transaction)/0.json")
            try await scene.get("/ar/\(SceneContent.transaction)/0.json").expect(200, "{}", .hit)
        }
    }

    @Test func `of a name lives as long as the gateway says, at most as configured`() async throws {
        try await ContentScene.play { scene in
            for (control, expected, seconds) in [
                ("max-age=10", "public, max-age=10", 10), ("public, max-age=86400", "public, max-age=60", 60),
            ] {
                let path = "/ipns/docs.example/\(seconds)"
                scene.allAnswer(200, ["Cache-Control: \(control)", "ETag: \"bafy\"", "Content-Type: text/css"], "a{}")
                let first = try await scene.get(path)
                first.expect(200, "a{}", .forwarded)
                #expect(first["Cache-Control"] == expected && first["ETag"] == "\"bafy\"")
                scene.time.advance(by: .seconds(seconds - 2))
                try await scene.get(path).expect(200, "a{}", .hit)
                scene.time.advance(by: .seconds(4))
                scene.allAnswer(304, ["Cache-Control: \(control)", "ETag: \"bafy\""])
                try await scene.get(path).expect(200, "a{}", .reason("stale"))
                #expect(scene.gateways[0].lastRequest?["If-None-Match"] == "\"bafy\"")
            }
            scene.allAnswer(200, [], "x")
            #expect(try await scene.get("/ipns/docs.example/unknown")["Cache-Control"] == "no-cache")
        }
    }

    @Test(arguments: [
        "/ipfs/nothing", "/ipfs/", "/ipfs/\(directory)/../x", "/ipfs/\(directory)/%2e%2e/x", "/ipfs/\(directory)//x",
        "/ipfs/\(directory)/%0d%0aX", "/ipfs/\(directory)/%zz", "/ipfs/\(directory)?format=car", "/ipns/localhost",
        "/ipns/127.0.0.1%3a80", "/ipns/127.0.0.1", "/ipns/docs.example.443", "/ar/short",
        "/ar/\(SceneContent.transaction)x", "/ipfs/\(directory)/x?download=1",
    ])
    func `asked for wrongly is 400, and nobody is asked`(path: String) async throws {
        try await ContentScene.play { scene in
            let answer = try await scene.get(path)
            #expect(answer.status == 400 && answer.text.contains("invalid-request"))
            #expect(scene.requestCounts == [0, 0])
        }
    }

    @Test func `that is switched off is not there`() async throws {
        var options = ContentScene.Options()
        options.content = ["ipns: false", "arweave: false"]
        try await ContentScene.play(options) { scene in
            scene.allAnswer(200, [], "x")
            try await scene.get("/ipns/docs.example").expect(404)
            try await scene.get("/ar/\(SceneContent.transaction)").expect(404)
            try await scene.get("/ipfs/\(Self.directory)").expect(200, "x")
        }
    }

    @Test func `sends nothing of a client's on, and a gateway's fields to that gateway alone`() async throws {
        var options = ContentScene.Options()
        options.headers = ["X-Key: first-secret", "X-Key: second-secret"]
        try await ContentScene.play(options) { scene in
            scene.gateways[0].always(500)
            scene.gateways[1].always(200, ["Set-Cookie: a=b", "X-Key: second-secret", "Server: x"], "bytes")
            let answer = try await scene.get(
                "/ipfs/\(Self.directory)/1", "Cookie: session=1", "Authorization: Bearer client", "X-Custom: 1",
                "Referer: https://dapp.example/")
            answer.expect(200, "bytes")
            for name in ["Set-Cookie", "X-Key", "Server"] { #expect(answer[name] == nil, "\(name)") }
            for (gateway, secret) in zip(scene.gateways, ["first-secret", "second-secret"]) {
                let request = try #require(gateway.lastRequest)
                #expect(request.values("X-Key") == [secret])
                for name in ["Cookie", "Authorization", "X-Custom", "Referer"] {
                    #expect(request[name] == nil, "\(name)")
                }
            }
        }
    }

    @Test func `answers HEAD like GET, and keeps what came for it`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, ["Content-Type: text/plain"], Self.text)
            let head = try await scene.ask("HEAD", "/ipfs/\(Self.cid)")
            #expect(head.status == 200 && head.bodyLength == 0)
            #expect(head["Content-Length"] == "\(Self.text.utf8.count)" && head["Mintcache-Verified"] == "yes")
            #expect(scene.gateways[0].lastRequest?.method == "GET")
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text, .hit)
            #expect(try await scene.ask("POST", "/ipfs/\(Self.cid)")["Allow"] == "GET, HEAD, OPTIONS")
            #expect(try await scene.ask("OPTIONS", "/ipfs/\(Self.cid)").status == 204)
        }
    }

    @Test func `a client that has it is told so without anybody being asked`() async throws {
        try await ContentScene.play { scene in
            let canonical = try #require(CID(Self.cid)).canonical
            let answer = try await scene.get("/ipfs/\(Self.cid)", "If-None-Match: \"x\", W/\"\(canonical)\"")
            #expect(answer.status == 304 && answer["ETag"] == "\"\(canonical)\"")
            #expect(scene.requestCounts == [0, 0])
            scene.allAnswer(200, [], Self.text)
            try await scene.get("/ipfs/\(Self.cid)", "If-None-Match: \"x\"").expect(200, Self.text)
            let held = try await scene.get("/ipfs/\(Self.cid)", "If-None-Match: *")
            #expect(held.status == 304)
        }
    }

    @Test func `only what is cached is had with only-if-cached`() async throws {
        try await ContentScene.play { scene in
            #expect(try await scene.get("/ipfs/\(Self.cid)", "Cache-Control: only-if-cached").status == 504)
            scene.allAnswer(200, [], Self.text)
            _ = try await scene.get("/ipfs/\(Self.cid)")
            let held = try await scene.get("/ipfs/\(Self.cid)", "Cache-Control: only-if-cached, no-cache")
            held.expect(200, Self.text, .hit)
        }
    }

    @Test func `a range is cut from what is held, else asked for as it is and not kept`() async throws {
        try await ContentScene.play { scene in
            let path = "/ipfs/\(Self.cid)"
            scene.gateways[0].answers(206, ["Content-Range: bytes 5-7/22"], "the")
            let part = try await scene.get(path, "Range: bytes=5-7")
            part.expect(206, "the", .forwarded)
            #expect(part["Content-Range"] == "bytes 5-7/22" && part["Mintcache-Verified"] == "no" && !part.isStored)
            #expect(scene.gateways[0].lastRequest?["Range"] == "bytes=5-7")
            scene.gateways[0].answers(416, ["Content-Range: bytes */22"])
            let beyond = try await scene.get(path, "Range: bytes=50-")
            #expect(beyond.status == 416 && beyond["Content-Range"] == "bytes */22")
            // Who wants everything gets what can be kept.
            scene.allAnswer(200, [], Self.text)
            let all = try await scene.get(path, "Range: bytes=0-")
            all.expect(206, Self.text)
            #expect(scene.gateways[0].lastRequest?["Range"] == nil)
            try await scene.get(path, "Range: bytes=5-7").expect(206, "the", .hit)
            try await scene.get(path, "Range: bytes=-7").expect(206, "s names".suffix(7).description, .hit)
        }
    }

    @Test func `is the same by a path that encodes what needs no encoding`() async throws {
        try await ContentScene.play { scene in
            scene.allAnswer(200, [], Self.text)
            try await scene.get("/ipfs/\(Self.cid)").expect(200, Self.text, .forwarded)
            try await scene.get("/%69pfs/\(Self.cid)").expect(200, Self.text, .hit)
            try await scene.get("/ip%66%73/%66\(Self.cid.dropFirst())").expect(200, Self.text, .hit)
            #expect(try await scene.get("/ipfs%2F\(Self.cid)").status == 400)
            #expect(scene.requestCounts.reduce(0, +) == 1)
        }
    }

    @Test func `is waited for as long as the client wants to, and fetched all the same`() async throws {
        var options = ContentScene.Options()
        options.gateways = 1
        try await ContentScene.play(options) { scene in
            #expect(try await scene.get("/ipfs/\(Self.cid)", "Prefer: wait=0").status == 504)
            #expect(scene.requestCounts == [0])
            let gate = Gate()
            scene.gateways[0].always { _ in Reply(200, [], Self.text).after(gate) }
            let late = try await scene.get("/ipfs/\(Self.cid)", "Prefer: wait=1")
            #expect(late.status == 504 && late.text.contains("upstream-timeout"))
            gate.open()
            try await eventually("it is there") {
                try await scene.get("/ipfs/\(Self.cid)", "Prefer: wait=0").status == 200
            }
            #expect(scene.requestCounts == [1])
        }
    }
}
