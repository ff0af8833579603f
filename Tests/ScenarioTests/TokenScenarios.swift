import Mintcache
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@Suite("A token", .timeLimit(.minutes(2))) struct TokenScenarios {
    @Test func `is fetched once, then answered from memory`() async throws {
        try await Scene.play { scene in
            let first = try await scene.get(scene.path("Orchard", 1))
            #expect(first.status == 200)
            #expect(first["Cache-Status"] == "mintcache; fwd=uri-miss; fwd-status=200; stored")
            #expect(first["Age"] == "0")
            let second = try await scene.get(scene.path("Orchard", 1))
            #expect(second["Cache-Status"]?.hasPrefix("mintcache; hit; ttl=") == true)
            #expect(second["Cache-Status"]?.hasSuffix("; detail=memory") == true)
            #expect(second.body == first.body)
            #expect(second["ETag"] == first["ETag"])
            let orchard = scene.contract("Orchard")
            #expect(scene.upstream.counters.tokenURICalls(orchard, TokenIdentifier(1)) == 1)
            #expect(scene.upstream.counters.ipfsRequests == 1)
        }
    }

    @Test func `comes as one object with the document inside, unchanged, and as the document alone`() async throws {
        try await Scene.play { scene in
            let object = try await scene.get(scene.path("Orchard", 7))
            let document = try await scene.get(scene.path("Orchard", 7, "/metadata"))
            let root = try JSONDocument(validating: object.body).root
            #expect(root["token_id"]?.string == "7")
            #expect(root["contract"]?.string == scene.contract("Orchard").checksummed)
            #expect(root["standard"]?.string == "erc721")
            #expect(root["source"]?.string == "onchain")
            #expect(root["stale"]?.boolean == false)
            #expect(root["image"]?.string?.hasPrefix(scene.upstream.baseURL + "/ipfs/") == true)
            #expect(root["metadata"].map { Array($0.text) } == document.body)
            #expect(document["Content-Type"] == "application/json")
        }
    }

    @Test func `has one entry however it is written`() async throws {
        try await Scene.play { scene in
            let orchard = scene.contract("Orchard")
            _ = try await scene.get(scene.path("Orchard", 10))
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            let spellings = [
                "/v1/demo/\(orchard.checksummed)/10", "/v1/demo/\(orchard.lowercase)/0xa",
                "/v1/demo/\(orchard.lowercase)/0x000A", "/v1/\(chain)/\(orchard.lowercase)/10",
                "/v1/eip155%3A\(SampleUpstream.chainIdentifier)/\(orchard.lowercase)/10",
                "/v1/assets/\(chain)/erc721:\(orchard.checksummed)/10",
            ]
            for spelling in spellings {
                let answer = try await scene.get(spelling)
                #expect(answer.status == 200, "\(spelling)")
                #expect(answer["Cache-Status"]?.contains("; hit;") == true, "\(spelling)")
            }
            #expect(scene.upstream.counters.totalTokenURICalls == 1)
        }
    }

    @Test(arguments: [
        ("/v1/nowhere/0x0000000000000000000000000000000000000001/1", 404, "unknown-chain"),
        ("/v1/demo/0x123/1", 400, "invalid-contract"),
        ("/v1/demo/0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13d/1", 400, "invalid-contract"),
        ("/v1/demo/0x0000000000000000000000000000000000000001/-1", 400, "invalid-token-id"),
        ("/v1/demo/0x0000000000000000000000000000000000000001/1e3", 400, "invalid-token-id"),
        ("/v1/demo/0x0000000000000000000000000000000000000001/1?x=1", 400, "invalid-request"),
        ("/v1/demo/0x0000000000000000000000000000000000000001/1/pictures", 404, "unknown-route"),
        ("/v1/demo/%zz/1", 400, "invalid-request"), ("/nothing", 404, "unknown-route"),
    ])
    func `asked for wrongly is refused with a reason`(target: String, status: Int, slug: String) async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(target)
            #expect(answer.status == status)
            #expect(answer["Content-Type"] == "application/problem+json")
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["type"]?.string == "urn:mintcache:problem:\(slug)")
            #expect(root["detail"]?.string?.isEmpty == false)
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `of ERC-1155 has its id put into the URI`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Bazaar", 3))
            #expect(answer.status == 200)
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["standard"]?.string == "erc1155")
            #expect(root["token_uri"]?.string?.contains("{id}") == true)
        }
    }

    @Test func `on chain needs no gateway`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Inkwell", 1))
            #expect(answer.status == 200)
            #expect(scene.upstream.counters.ipfsRequests == 0)
        }
    }

    @Test func `answers conditional and partial requests`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 2)
            let whole = try await scene.get(path)
            let tag = try #require(whole["ETag"])
            let unchanged = try await scene.get(path, "If-None-Match: W/\(tag), \"other\"")
            #expect(unchanged.status == 304)
            #expect(unchanged["ETag"] == tag)
            let dated = try await scene.get(path, "If-Modified-Since: \(whole["Last-Modified"] ?? "")")
            #expect(dated.status == 304)
            let part = try await scene.get(path, "Range: bytes=0-9")
            #expect(part.status == 206)
            #expect(part.body == Array(whole.body.prefix(10)))
            #expect(part["Content-Range"] == "bytes 0-9/\(whole.body.count)")
            let beyond = try await scene.get(path, "Range: bytes=99999999-")
            #expect(beyond.status == 416)
            let client = try await scene.client()
            let head = try await client.request("HEAD", path)
            #expect(head.body.isEmpty)
            #expect(head["Content-Length"] == String(whole.body.count))
        }
    }

    @Test func `is compressed for those who ask, each form with an entity tag of its own`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 3)
            let plain = try await scene.get(path)
            let gzip = try await scene.get(path, "Accept-Encoding: gzip")
            let brotli = try await scene.get(path, "Accept-Encoding: gzip, br;q=1")
            #expect(plain["Content-Encoding"] == nil)
            #expect(gzip["Content-Encoding"] == "gzip")
            #expect(brotli["Content-Encoding"] == "br")
            #expect(gzip.body.count < plain.body.count)
            #expect(Set([plain, gzip, brotli].map { $0["ETag"] }).count == 3)
            #expect(plain["Vary"]?.contains("Accept-Encoding") == true)
        }
    }

    @Test(arguments: ["gzip", "br"])
    func `is the same in a coding for HEAD, conditions and ranges, whichever comes first`(coding: String) async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 3)
            let accepted = "Accept-Encoding: \(coding)"
            let client = try await scene.client()
            let head = try await client.request("HEAD", path, fields: [accepted])
            let tag = try #require(head["ETag"])
            #expect(head["Content-Encoding"] == coding && head.body.isEmpty)
            #expect(try await scene.get(path, accepted, "If-None-Match: \(tag)").status == 304)
            let whole = try await scene.get(path, accepted)
            #expect(whole["ETag"] == tag && whole["Content-Length"] == head["Content-Length"])
            let part = try await scene.get(path, accepted, "If-Range: \(tag)", "Range: bytes=10-")
            #expect(part.status == 206 && part.body == Array(whole.body.dropFirst(10)))
        }
    }

    @Test func `carries the fields that browsers and CDNs need`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(
                scene.path("Orchard", 4), "Origin: https://shop.example", "X-Request-Id: abc-1")
            #expect(answer["Access-Control-Allow-Origin"] == "*")
            #expect(answer["X-Request-Id"] == "abc-1")
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            #expect(answer["Cache-Control"]?.contains("stale-if-error=") == true)
            #expect(answer["Server-Timing"] != nil)
            #expect(answer["Date"] != nil)
            let client = try await scene.client()
            let preflight = try await client.request(
                "OPTIONS", scene.path("Orchard", 4),
                fields: ["Origin: https://shop.example", "Access-Control-Request-Method: GET"])
            #expect(preflight.status == 204)
            let refused = try await client.request("POST", scene.path("Orchard", 4))
            #expect(refused.status == 405)
            #expect(refused["Allow"]?.contains("GET") == true)
        }
    }

    @Test func `not in the cache is not fetched for only-if-cached`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Orchard", 5), "Cache-Control: only-if-cached")
            #expect(answer.status == 504)
            #expect(answer.text.contains("not-cached"))
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `that does not exist is 404 and remembered`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 999_999)
            for _ in 0..<3 {
                let answer = try await scene.get(path)
                #expect(answer.status == 404)
                #expect(answer.text.contains("token-not-found"))
            }
            let calls = scene.upstream.counters.totalTokenURICalls
            #expect(calls <= 2)
            scene.time.advance(by: .seconds(600))
            _ = try await scene.get(path)
            #expect(scene.upstream.counters.totalTokenURICalls > calls)
        }
    }

    @Test(arguments: EmberCase.allCases)
    func `of a broken collection fails cleanly`(ember: EmberCase) async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Ember", ember.rawValue))
            #expect([200, 404, 502].contains(answer.status), "\(ember): \(answer.status)")
            if answer.status != 200 {
                let root = try JSONDocument(validating: answer.body).root
                #expect(root["status"]?.integer == Int64(answer.status))
                #expect(answer.status == 404 || root["retryable"]?.boolean != nil)
            }
        }
    }

    @Test func `asked for too often by one client is refused until its bucket fills again`() async throws {
        let options = Scene.Options(server: [
            "rate_limit: { requests_per_second: 1, burst: 3 }", "trusted_proxies: [127.0.0.1]",
        ])
        try await Scene.play(options) { scene in
            let path = scene.path("Orchard", 1)
            for _ in 0..<3 { #expect(try await scene.get(path, "X-Forwarded-For: 192.0.2.1").status == 200) }
            try await eventually("it asks faster than its bucket fills") {
                let answer = try await scene.get(path, "X-Forwarded-For: 192.0.2.9, 192.0.2.1")
                guard answer.status == 429 else { return false }
                #expect(answer["Retry-After"] == "1")
                #expect(answer.text.contains("rate-limited"))
                return true
            }
            #expect(try await scene.get(path, "X-Forwarded-For: 192.0.2.2").status == 200)
            #expect(try await scene.get("/readyz", "X-Forwarded-For: 192.0.2.1").status == 200)
            scene.time.advance(by: .seconds(2))
            #expect(try await scene.get(path, "X-Forwarded-For: 192.0.2.1").status == 200)
        }
    }

    @Test func `refuses a condition or a range without letting caches keep the refusal`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Orchard", 1)
            _ = try await scene.get(path)
            let failed = try await scene.get(path, "If-Match: \"other\"")
            #expect(failed.status == 412)
            #expect(failed["Cache-Control"] == "no-store")
            let beyond = try await scene.get(path, "Range: bytes=99999999-")
            #expect(beyond.status == 416)
            #expect(beyond["Cache-Control"] == "no-store")
        }
    }

    @Test func `of a collection that is switched off is refused however it is addressed`() async throws {
        let orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
        let section = "collections: [ { chain: demo, contract: \"\(orchard)\", disabled: true } ]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            let targets = [
                "/v1/demo/\(orchard)/1", "/v1/assets/\(chain)/erc721:\(orchard)/1", "/v1/%64emo/\(orchard)/1",
            ]
            for target in targets {
                let answer = try await scene.get(target)
                #expect(answer.status == 404, "\(target)")
            }
            #expect(scene.upstream.counters.requests == 0)
        }
    }

    @Test func `asked for by CAIP-19 honours only-if-cached`() async throws {
        try await Scene.play { scene in
            let orchard = scene.contract("Orchard").checksummed
            let target = "/v1/assets/eip155:\(SampleUpstream.chainIdentifier)/erc721:\(orchard)/1"
            let cold = try await scene.get(target, "Cache-Control: only-if-cached")
            #expect(cold.status == 504)
            _ = try await scene.get(target)
            let warm = try await scene.get(target, "Cache-Control: only-if-cached")
            #expect(warm.status == 200)
        }
    }

    @Test func `E-175 with unusable metadata is not kept by caches in front, nor for long by ours`() async throws {
        try await Scene.play { scene in
            let path = scene.path("Ember", EmberCase.htmlPage.rawValue)
            let answer = try await scene.get(path)
            #expect(answer.status == 502)
            #expect(answer["Cache-Control"] == "no-store")
            let calls = scene.upstream.counters.totalTokenURICalls
            scene.time.advance(by: .seconds(301))
            _ = try await scene.get(path)
            #expect(scene.upstream.counters.totalTokenURICalls > calls)
        }
    }
}
