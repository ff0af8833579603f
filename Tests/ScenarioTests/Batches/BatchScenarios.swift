import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A batch", .timeLimit(.minutes(2))) struct BatchScenarios {
    private static let lines = "Accept: application/x-ndjson"

    private func body(_ items: [String]) -> String { "{\"tokens\":[\(items.joined(separator: ","))]}" }

    private func body(_ collection: String, _ tokens: some Sequence<Int>, in scene: Scene) -> String {
        let asset = "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(scene.contract(collection).lowercase)"
        return body(tokens.map { "\"\(asset)/\($0)\"" })
    }

    private func items(_ answer: HTTPAnswer) throws -> [JSONValue] {
        #expect(answer.status == 200)
        return try #require(try JSONDocument(validating: answer.body).root["tokens"]).elements.map(\.self)
    }

    private func lines(_ answer: HTTPAnswer) throws -> [JSONValue] {
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/x-ndjson")
        return try answer.body.split(separator: 0x0A).map { try JSONDocument(validating: Array($0)).root }
    }

    private func hanging(_ path: String) -> Fault {
        var fault = Fault(.path(prefix: path))
        fault.ending = .hang(afterBodyBytes: nil)
        return fault
    }

    @Test func `answers each item in its place with its own status`() async throws {
        try await Scene.play { scene in
            let orchard = scene.contract("Orchard").lowercase
            let asset = "eip155:\(SampleUpstream.chainIdentifier)/erc721:\(orchard)"
            let answer = try await scene.post(
                "/v1/batch",
                body: body([
                    "\"\(asset)/7\"", "{\"chain\":\"demo\",\"contract\":\"\(orchard)\",\"token_id\":\"8\"}",
                    "\"\(asset)/999999\"", "\"nonsense\"", "7", "\"\(asset)/7\"",
                    "{\"chain\":\"other\",\"contract\":\"\(orchard)\",\"token_id\":\"8\"}",
                ]))
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer["Cache-Control"] == "no-store")
            let items = try items(answer)
            #expect(items.compactMap { $0["index"]?.integer } == [0, 1, 2, 3, 4, 5, 6])
            #expect(items.compactMap { $0["status"]?.integer } == [200, 200, 404, 400, 400, 200, 404])
            let single = try await scene.get(scene.path("Orchard", 7))
            #expect(items[0]["token"].map { Array($0.text) } == single.body)
            #expect(items[0]["cache"]?.string == "mintcache; fwd=uri-miss; fwd-status=200; stored")
            #expect(items[0]["age"]?.integer == 0)
            #expect(items[1]["token_id"]?.string == "8")
            #expect(items[2]["problem"]?["type"]?.string == "urn:mintcache:problem:token-not-found")
            #expect(items[2]["contract"]?.string?.lowercased() == orchard)
            #expect(items[3]["problem"]?["status"]?.integer == 400)
            #expect(items[6]["problem"]?["type"]?.string == "urn:mintcache:problem:unknown-chain")
            #expect(scene.upstream.counters.tokenURICalls(scene.contract("Orchard"), TokenIdentifier(7)) == 1)
        }
    }

    @Test func `E-87 takes numbers as they are written, or not at all`() async throws {
        try await Scene.play { scene in
            let orchard = scene.contract("Orchard").lowercase
            let numbers = ["7", "1e2", "7.0", "-1", "115792089237316195423570985008687907853269984665640564039457"]
            let answer = try await scene.post(
                "/v1/batch",
                body: body(
                    numbers.map { "{\"chain\":\"demo\",\"contract\":\"\(orchard)\",\"token_id\":\($0)}" }))
            let items = try items(answer)
            #expect(items[0]["status"]?.integer == 200)
            for item in items[1...3] {
                #expect(item["problem"]?["type"]?.string == "urn:mintcache:problem:invalid-token-id")
            }
            // Never another token's: digits beyond what a number holds are kept exactly, or refused.
            let last = items[4]
            #expect(last["token_id"]?.string == numbers[4] || last["status"]?.integer == 400)
        }
    }

    @Test func `as lines gives each token as it is ready, and one that hangs holds up no other`() async throws {
        let options = Scene.Options(server: ["timeouts: { drain: 1s }"], upstream: ["timeout: 3s"])
        try await Scene.play(options) { scene in
            scene.upstream.setFault(hanging("/web/lantern/1.json"))
            let answer = try await scene.post(
                "/v1/batch", Self.lines, "Prefer: wait=1", body: body("Lantern", [1, 2, 3, 2], in: scene))
            #expect(answer["Preference-Applied"] == "wait=1")
            let lines = try lines(answer)
            #expect(lines.last?["index"]?.integer == 0)
            #expect(lines.last?["status"]?.integer == 504)
            #expect(lines.last?["token_id"]?.string == "1")
            #expect(Set(lines.compactMap { $0["index"]?.integer }) == [0, 1, 2, 3])
            #expect(lines.dropLast().allSatisfy { $0["status"]?.integer == 200 })
            #expect(scene.upstream.counters.tokenURICalls(scene.contract("Lantern"), TokenIdentifier(2)) == 1)
        }
    }

    @Test func `as lines gives what memory holds first`() async throws {
        try await Scene.play { scene in
            for token in [5, 6] { _ = try await scene.get(scene.path("Orchard", UInt64(token))) }
            let answer = try await scene.post("/v1/batch", Self.lines, body: body("Orchard", [1, 5, 2, 6], in: scene))
            let lines = try lines(answer)
            #expect(lines.prefix(2).compactMap { $0["index"]?.integer } == [1, 3])
            #expect(lines[0]["cache"]?.string?.hasSuffix("detail=memory") == true)
        }
    }

    @Test func `past its deadline has the stale copy of a token, or the news, in its place`() async throws {
        let options = Scene.Options(server: ["timeouts: { request: 400ms, drain: 1s }"], upstream: ["timeout: 2s"])
        try await Scene.play(options) { scene in
            _ = try await scene.get(scene.path("Lantern", 1))
            scene.time.advance(by: .seconds(10 * 86_400))
            for token in [1, 2] { scene.upstream.setFault(hanging("/web/lantern/\(token).json")) }
            let items = try items(
                try await scene.post("/v1/batch", body: body("Lantern", [1, 2, 3], in: scene)))
            #expect(items.compactMap { $0["status"]?.integer } == [200, 504, 200])
            #expect(items[0]["token"]?["stale"]?.boolean == true)
            #expect(items[1]["problem"]?["type"]?.string == "urn:mintcache:problem:upstream-timeout")
        }
    }

    @Test func `of a client that does not wait has what the tiers hold, and the others are fetched behind`()
        async throws
    {
        try await Scene.play { scene in
            _ = try await scene.get(scene.path("Orchard", 1))
            await scene.proxy.stop()
            let restarted = try await scene.another()
            let text = body("Orchard", [1, 2], in: scene)
            let cached = try items(
                try await scene.post("/v1/batch", "Cache-Control: only-if-cached", body: text, to: restarted))
            #expect(cached.compactMap { $0["status"]?.integer } == [200, 504])
            #expect(cached[0]["cache"]?.string?.hasSuffix("detail=archive") == true)
            #expect(cached[1]["problem"]?["type"]?.string == "urn:mintcache:problem:not-cached")
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
            let now = try items(try await scene.post("/v1/batch", "Prefer: wait=0", body: text, to: restarted))
            #expect(now.compactMap { $0["status"]?.integer } == [200, 504])
            try await eventually("the other was fetched behind") {
                let path = scene.path("Orchard", 2)
                return try await scene.get(path, "Cache-Control: only-if-cached", from: restarted).status == 200
            }
            await restarted.stop()
        }
    }

    @Test func `of a thousand cold tokens answers them all, compressed for those who take it`() async throws {
        try await Scene.play { scene in
            let text = body("Orchard", 0..<1000, in: scene)
            let plain = try await scene.post("/v1/batch", body: text)
            let items = try items(plain)
            #expect(items.count == 1000)
            #expect(items.allSatisfy { $0["status"]?.integer == 200 })
            #expect(items.map { $0["token_id"]?.string } == (0..<1000).map { "\($0)" })
            let packed = try await scene.post("/v1/batch", "Accept-Encoding: gzip", body: text)
            #expect(packed["Content-Encoding"] == "gzip")
            #expect(packed.body.prefix(2) == [0x1F, 0x8B])
            #expect(packed.body.count < plain.body.count / 3)
            #expect(scene.upstream.counters.totalTokenURICalls == 1000)
        }
    }

    @Test(arguments: ["application/json", "application/x-ndjson"])
    func `larger than what is held for it is answered whole and in order`(type: String) async throws {
        try await Scene.play(Scene.Options(cache: ["memory: { max_entry: 96KiB }"])) { scene in
            // Everything else is there, and lets go of, before the first token comes.
            var slow = Fault(.calls(scene.contract("Grove"), token: TokenIdentifier(0)))
            slow.delay = .milliseconds(500)
            scene.upstream.setFault(slow)
            let text = body("Grove", 0..<90, in: scene)
            let answer = try await scene.post("/v1/batch", "Accept: \(type)", body: text)
            let all = try type == "application/json" ? items(answer) : lines(answer)
            #expect(answer.body.count > 2 * 8 * 96 * 1024)
            #expect(all.count == 90)
            #expect(all.allSatisfy { $0["status"]?.integer == 200 })
            let indices = all.compactMap { $0["index"]?.integer }
            #expect(type == "application/json" ? indices == Array(0..<90) : Set(indices) == Set(0..<90))
        }
    }

    @Test func `whose client has gone leaves nobody waiting, and its tokens are fetched all the same`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.path(prefix: "/web/"))
            slow.delay = .milliseconds(400)
            scene.upstream.setFault(slow)
            let client = try await scene.client()
            let text = body("Lantern", 1...20, in: scene)
            await client.send(
                "POST /v1/batch HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
            try await eventually("the fetches have begun") { scene.upstream.counters.totalTokenURICalls == 20 }
            await client.close()
            try await eventually("nobody waits") {
                try await scene.admin("GET", "/metrics").text.contains("\nmintcache_flight_waiters 0\n")
            }
            try await eventually("the tokens are there") {
                try await scene.get(scene.path("Lantern", 20), "Cache-Control: only-if-cached").status == 200
            }
        }
    }

    @Test func `that is none is refused whole, with the reason`() async throws {
        try await Scene.play(Scene.Options(server: ["limits: { body: 100KiB }"])) { scene in
            let bodies = ["", "{", "[]", "{}", "{\"tokens\":{}}", body([]), body(Array(repeating: "1", count: 1001))]
            for text in bodies {
                let answer = try await scene.post("/v1/batch", body: text)
                #expect(answer.status == 400, "\(text.prefix(20))")
                #expect(answer.text.contains("invalid-request"))
            }
            let large = try await scene.post("/v1/batch", body: body(["\"\(String(repeating: "x", count: 110_000))\""]))
            #expect(large.status == 413)
            let coded = try await scene.post("/v1/batch", "Content-Encoding: gzip", body: body(["1"]))
            #expect(coded.status == 415)
            let get = try await scene.get("/v1/batch")
            #expect(get.status == 405)
            #expect(get["Allow"] == "POST, OPTIONS")
            let queried = try await scene.post("/v1/batch?x", body: body(["1"]))
            #expect(queried.status == 400)
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `counts as its tokens for the limit of requests`() async throws {
        let options = Scene.Options(server: ["rate_limit: { requests_per_second: 1, burst: 3 }"])
        try await Scene.play(options) { scene in
            #expect(try items(try await scene.post("/v1/batch", body: body("Orchard", 0..<5, in: scene))).count == 5)
            let refused = try await scene.get(scene.path("Orchard", 1))
            #expect(refused.status == 429)
            #expect(refused["Retry-After"] == "3")
            scene.time.advance(by: .seconds(4))
            #expect(try await scene.get(scene.path("Orchard", 1)).status == 200)
        }
    }

    @Test func `of a collection that is switched off is refused item by item`() async throws {
        let section =
            "collections: [ { chain: demo, contract: \"0xccAF9855650Ffe6522992BFf52E420D656ABe29a\", disabled: true } ]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            let items = try items(try await scene.post("/v1/batch", body: body("Orchard", [1], in: scene)))
            #expect(items.first?["status"]?.integer == 404)
            #expect(scene.upstream.counters.requests == 0)
        }
    }
}
