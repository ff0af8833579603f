import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("A contract", .timeLimit(.minutes(2))) struct ContractScenarios {
    private static let day = Duration.seconds(86_400)

    private func page(
        _ charter: CharterCase, in scene: Scene, status: Int = 200
    ) async throws -> (root: JSONValue, answer: HTTPAnswer) {
        let answer = try await scene.get("/v1/demo/\(charter.address.lowercase)")
        #expect(answer.status == status)
        return (try JSONDocument(validating: answer.body).root, answer)
    }

    @Test func `tells what it is and where its document lies, and is fetched once`() async throws {
        try await Scene.play { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let first = try await scene.get(path)
            #expect(first.status == 200)
            #expect(first["Cache-Status"] == "mintcache; fwd=uri-miss; fwd-status=200; stored")
            let root = try JSONDocument(validating: first.body).root
            #expect(root["chain"]?.string == "eip155:\(SampleUpstream.chainIdentifier)")
            #expect(root["contract"]?.string == scene.contract("Orchard").checksummed)
            #expect(root["standard"]?.string == "erc721")
            #expect(root["name"]?.string == "Orchard")
            #expect(root["symbol"]?.string == "ORCH")
            #expect(root["total_supply"]?.string == "10000")
            #expect(root["contract_uri"]?.string?.hasSuffix("/collection.json") == true)
            #expect(root["description"]?.string == "10000 generated trees.")
            #expect(root["image"]?.string?.hasPrefix(scene.upstream.baseURL + "/ipfs/") == true)
            #expect(root["banner_image"]?.isNull == true)
            #expect(root["external_link"]?.string == "https://orchard.example")
            #expect(root["collaborators"].map { Array($0.text) } == Array("[]".utf8))
            #expect(root["metadata"]?["symbol"]?.string == "ORCH")
            #expect(root["source"]?.string == "onchain")
            #expect(root["fetched_at"]?.string?.hasSuffix("Z") == true)
            #expect(root["stale"]?.boolean == false)
            let requests = scene.upstream.counters.requests
            let second = try await scene.get(path)
            #expect(second["Cache-Status"]?.hasSuffix("; detail=memory") == true)
            #expect(second.body == first.body)
            #expect(scene.upstream.counters.requests == requests)
        }
    }

    @Test func `has one entry however it is written`() async throws {
        try await Scene.play { scene in
            let orchard = scene.contract("Orchard")
            let chain = "eip155:\(SampleUpstream.chainIdentifier)"
            _ = try await scene.get("/v1/demo/\(orchard.lowercase)")
            let spellings = [
                "/v1/demo/\(orchard.checksummed)", "/v1/\(chain)/\(orchard.lowercase)",
                "/v1/assets/\(chain)/erc721:\(orchard.checksummed)", "/v1/d%65mo/\(orchard.lowercase)",
            ]
            for spelling in spellings {
                let answer = try await scene.get(spelling)
                #expect(answer["Cache-Status"]?.contains("; hit;") == true, "\(spelling)")
            }
        }
    }

    @Test func `asked for by many at once is asked once`() async throws {
        try await Scene.play { scene in
            var slow = Fault(.rpc)
            slow.delay = .milliseconds(200)
            scene.upstream.setFault(slow)
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                for _ in 0..<20 { group.addTask { try await scene.get(path) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(answers.count { $0["Cache-Status"]?.hasSuffix("stored") == true } == 1)
            #expect(answers.count { $0["Cache-Status"]?.hasSuffix("collapsed") == true } == 19)
            #expect(scene.upstream.counters.ipfsRequests == 1)
        }
    }

    @Test func `answers conditions, HEAD, ranges and codings as tokens do`() async throws {
        try await Scene.play { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let plain = try await scene.get(path)
            let tag = try #require(plain["ETag"])
            let unchanged = try await scene.get(path, "If-None-Match: \(tag)")
            #expect(unchanged.status == 304)
            let gzip = try await scene.get(path, "Accept-Encoding: gzip")
            #expect(gzip["Content-Encoding"] == "gzip")
            #expect(gzip["ETag"] != tag)
            let part = try await scene.get(path, "Range: bytes=0-8")
            #expect(part.status == 206)
            #expect(part.text == "{\"chain\":")
            let client = try await scene.client()
            let head = try await client.request("HEAD", path)
            #expect(head.status == 200)
            #expect(head["Content-Length"] == "\(plain.body.count)")
            #expect(plain["Cache-Control"]?.contains("stale-if-error=") == true)
            #expect(plain["X-Content-Type-Options"] == "nosniff")
            let refused = try await client.request("POST", path)
            #expect(refused.status == 405)
            #expect(refused["Allow"] == "GET, HEAD, OPTIONS")
            let queried = try await client.request("GET", path + "?x=1")
            #expect(queried.status == 400)
        }
    }

    @Test func `with its document in a data URI written as the ERC itself writes it is read`() async throws {
        try await Scene.play { scene in
            let root = try await page(.inline, in: scene).root
            #expect(root["name"]?.string == "Charter 1")
            #expect(root["metadata"]?["name"]?.string == "Inline charter")
            #expect(root["image"]?.string?.hasPrefix(scene.upstream.baseURL + "/ipfs/") == true)
        }
    }

    @Test func `has the view of its document in one shape, and the document unchanged`() async throws {
        try await Scene.play { scene in
            let root = try await page(.complete, in: scene).root
            #expect(root["standard"]?.string == "erc1155")
            // The contract has no name() of its own, but a symbol().
            #expect(root["name"]?.string == "The complete charter, as amended")
            #expect(root["symbol"]?.string == "CHTR")
            #expect(root["description"]?.string == "Everything there is to say.")
            #expect(root["image"]?.string?.hasSuffix("/logo.png") == true)
            #expect(root["banner_image"]?.string?.hasPrefix(scene.upstream.baseURL + "/") == true)
            #expect(root["featured_image"]?.string == "https://charter.example/featured.png")
            #expect(root["external_link"]?.string == "https://charter.example/")
            let collaborators = root["collaborators"].map { Array($0.elements) } ?? []
            #expect(collaborators.map(\.string) == ["0xccAF9855650Ffe6522992BFf52E420D656ABe29a"])
            let document = try #require(root["metadata"])
            #expect(Array(document.members).count { $0.name == "name" } == 2)
            #expect(document["seller_fee_basis_points"].map { Array($0.text) } == Array("1e2".utf8))
        }
    }

    @Test func `E-6 may have its name and symbol as bytes32`() async throws {
        try await Scene.play { scene in
            let root = try await page(.shortText, in: scene).root
            #expect(root["name"]?.string == "Maker")
            #expect(root["symbol"]?.string == "MKR")
            #expect(root["metadata"]?.isNull == true)
        }
    }

    @Test func `with a name that is not UTF-8 has it replaced where it is not, and an empty symbol is none`()
        async throws
    {
        try await Scene.play { scene in
            let root = try await page(.brokenText, in: scene).root
            #expect(root["name"]?.string == "A\u{FFFD}B")
            #expect(root["symbol"]?.isNull == true)
        }
    }

    @Test func `that reverts at everything but ERC-165 is one with nothing to say`() async throws {
        try await Scene.play { scene in
            let root = try await page(.silent, in: scene).root
            #expect(root["standard"]?.string == "erc721")
            for name in ["name", "symbol", "total_supply", "contract_uri", "image", "metadata"] {
                #expect(root[name]?.isNull == true, "\(name)")
            }
        }
    }

    @Test func `with hostile answers says what the others are worth`() async throws {
        try await Scene.play { scene in
            let root = try await page(.hostile, in: scene).root
            #expect(root["name"]?.isNull == true)
            #expect(root["total_supply"]?.isNull == true)
            #expect(root["symbol"]?.string == "CHTR")
        }
    }

    @Test(arguments: [CharterCase.yes, .mute])
    func `that answers nothing, or everything alike, is not found`(charter: CharterCase) async throws {
        try await Scene.play { scene in
            let (root, answer) = try await page(charter, in: scene, status: 404)
            #expect(root["type"]?.string == "urn:mintcache:problem:contract-not-found")
            #expect(answer["Cache-Control"]?.hasPrefix("public, max-age=") == true)
        }
    }

    @Test func `where there is none is not found, and that is remembered for the negative lifetime`() async throws {
        try await Scene.play { scene in
            let path = "/v1/demo/0x0000000000000000000000000000000000001234"
            for _ in 0..<3 { #expect(try await scene.get(path).status == 404) }
            let requests = scene.upstream.counters.requests
            _ = try await scene.get(path)
            #expect(scene.upstream.counters.requests == requests)
            scene.time.advance(by: .seconds(600))
            _ = try await scene.get(path)
            #expect(scene.upstream.counters.requests > requests)
        }
    }

    @Test(arguments: [CharterCase.lost, .garbled])
    func `whose document cannot be had is told without it`(charter: CharterCase) async throws {
        try await Scene.play { scene in
            let root = try await page(charter, in: scene).root
            #expect(root["name"]?.string == "Charter \(charter.rawValue)")
            #expect(root["contract_uri"]?.string?.hasSuffix(".json") == true)
            #expect(root["metadata"]?.isNull == true)
        }
    }

    @Test func `whose document fails for now is told without it for a short while only`() async throws {
        try await Scene.play { scene in
            var failing = Fault(.path(prefix: "/web/"))
            failing.status = 503
            scene.upstream.setFault(failing)
            #expect(try await page(.complete, in: scene).root["metadata"]?.isNull == true)
            scene.upstream.clearFaults()
            scene.time.advance(by: .seconds(11))
            try await eventually("the document is there") {
                try await page(.complete, in: scene).root["metadata"]?.kind == .object
            }
        }
    }

    @Test func `past its lifetime is answered stale, and fetched anew behind`() async throws {
        try await Scene.play { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let old = try await scene.get(path)
            scene.time.advance(by: Self.day * 2)
            let stale = try await scene.get(path)
            #expect(stale.status == 200)
            #expect(stale.text.contains("\"stale\":true"))
            #expect(stale["Cache-Status"]?.contains("; hit; ttl=-") == true)
            #expect(stale["ETag"] != old["ETag"])
            try await eventually("it is fresh again") {
                try await scene.get(path).text.contains("\"stale\":false")
            }
        }
    }

    @Test func `stands in for a chain that fails, and one never seen is an upstream failure`() async throws {
        try await Scene.play { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            _ = try await scene.get(path)
            var failing = Fault(.rpc)
            failing.status = 500
            scene.upstream.setFault(failing)
            scene.time.advance(by: Self.day * 10)
            let answer = try await scene.get(path)
            #expect(answer.status == 200)
            #expect(answer.text.contains("\"stale\":true"))
            let (root, other) = try await page(.complete, in: scene, status: 502)
            #expect(root["type"]?.string == "urn:mintcache:problem:upstream-failed")
            #expect(root["attempts"]?.kind == .array)
            #expect(other["Cache-Control"] == "no-store")
        }
    }

    @Test func `is found in Redis by another instance`() async throws {
        let redis = try await RedisServer.start()
        let options = Scene.Options(redis: redis.url)
        try await Scene.play(options) { scene in
            let path = "/v1/demo/\(scene.contract("Orchard").lowercase)"
            let first = try await scene.get(path)
            let requests = scene.upstream.counters.requests
            let other = try await scene.another(options)
            let second = try await scene.get(path, from: other)
            #expect(second["Cache-Status"]?.hasSuffix("detail=redis") == true)
            #expect(second.body == first.body)
            #expect(second["ETag"] == first["ETag"])
            #expect(scene.upstream.counters.requests == requests)
            await other.stop()
        }
        try await redis.stop()
    }

    @Test func `of a collection that is switched off is not found`() async throws {
        let orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
        let section = "collections: [ { chain: demo, contract: \"\(orchard)\", disabled: true } ]"
        try await Scene.play(Scene.Options(sections: [section])) { scene in
            let answer = try await scene.get("/v1/demo/\(orchard)")
            #expect(answer.status == 404)
            #expect(answer.text.contains("contract-not-found"))
            #expect(scene.upstream.counters.requests == 0)
        }
    }
}
