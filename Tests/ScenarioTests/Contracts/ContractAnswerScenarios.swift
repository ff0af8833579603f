import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("What a contract answers", .timeLimit(.minutes(2))) struct ContractAnswerScenarios {
    private func get(_ scene: Scene, _ oddity: OddityCase) async throws -> HTTPAnswer {
        try await scene.get(scene.path("Oddities", oddity.rawValue))
    }

    private func name(_ answer: HTTPAnswer) throws -> String? {
        try JSONDocument(validating: answer.body).root["name"]?.string
    }

    private func detail(_ answer: HTTPAnswer) throws -> String {
        try JSONDocument(validating: answer.body).root["detail"]?.string ?? ""
    }

    @Test(arguments: [
        (OddityCase.good, "E-1 a string"), (.singleWord, "E-6 bytes32 in place of a string"),
        (.shiftedOffset, "E-7 an offset other than 0x20"), (.noPadding, "E-8 a string without padding"),
        (.trailingBytes, "E-8 bytes behind the string"), (.invalidUTF8, "E-9 text that is not UTF-8"),
        (.nulBytes, "E-10 NUL bytes"), (.whiteSpace, "E-11 white space around it"), (.quoted, "E-13 quotes around it"),
        (.largeArtwork, "E-14 artwork of 90 KB"), (.hugeNumber, "E-19 a number beyond 2^53"),
    ])
    func `leads to the document`(oddity: OddityCase, what: String) async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, oddity)
            #expect(answer.status == 200, "\(what)")
            #expect(try name(answer)?.hasPrefix("Oddity") == true, "\(what)")
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["token_id"]?.string == "\(oddity.rawValue)")
            #expect(root["standard"]?.string == "erc721")
            #expect(root["token_uri"]?.string?.contains("\0") == false)
        }
    }

    @Test(arguments: [OddityCase.nonexistentByError, .nonexistentInWords])
    func `E-2 is that there is no such token, when it says so`(oddity: OddityCase) async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, oddity)
            #expect(answer.status == 404)
            #expect(answer.text.contains("token-not-found"))
            #expect(scene.upstream.counters.rpcRequests == 1)
        }
    }

    @Test(arguments: [OddityCase.bareRevert, .errorOfItsOwn, .panic])
    func `E-16 is a refusal without that reason, and the token may exist`(oddity: OddityCase) async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, oddity)
            #expect(answer.status == 404)
            #expect(try detail(answer).contains("execution reverted"))
            // It is remembered for a while only.
            scene.time.advance(by: .seconds(600))
            _ = try await get(scene, oddity)
            #expect(scene.upstream.counters.rpcRequests == 2)
        }
    }

    @Test(arguments: [OddityCase.empty, .blank, .null, .undefined, .dash])
    func `E-4 E-12 is no URI, and its base URI with the number is taken`(oddity: OddityCase) async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, oddity)
            #expect(answer.status == 200)
            #expect(try name(answer) == "Oddity \(oddity.rawValue)")
            #expect(scene.upstream.counters.contractCalls["baseURI"] == 1)
        }
    }

    @Test func `E-4 is an empty URI, and there is no base URI`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get(scene.path("Ember", EmberCase.emptyURI.rawValue))
            #expect(answer.status == 502)
            #expect(answer.text.contains("metadata-unusable"))
            #expect(try detail(answer).contains("has no URI for this token"))
        }
    }

    @Test func `E-5 is nothing, because there is no contract`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get("/v1/demo/0x00000000000000000000000000000000000000aa/1")
            #expect(answer.status == 404)
            #expect(try detail(answer).contains("not a token contract"))
        }
    }

    @Test func `E-7 is a string longer than its data`() async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, .endlessLength)
            #expect(answer.status == 502)
            #expect(try detail(answer).contains("not an ABI-encoded string"))
        }
    }

    @Test func `E-15 is kept from us by the provider's cap on gas, which is not the token's fault`() async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, .outOfGas)
            #expect(answer.status == 502)
            #expect(answer.text.contains("upstream-failed"))
            #expect(answer.text.contains("\"outcome\":\"exhausted\""))
        }
    }

    @Test func `E-22 is an off-chain lookup, which is refused with the reason`() async throws {
        try await Scene.play { scene in
            let answer = try await get(scene, .offchainLookup)
            #expect(answer.status == 502)
            #expect(try detail(answer).contains("ERC-3668"))
        }
    }

    @Test func `E-24 may differ from node to node: the first that answers is believed`() async throws {
        try await Scene.play(Scene.Options(endpoints: ["/a", "/b"])) { scene in
            var lagging = Fault(.path(prefix: "/rpc/a"))
            lagging.rpcError = RPCError(code: 3, message: "execution reverted", data: "0x7e273289")
            scene.upstream.setFault(lagging)
            let first = try await scene.get(scene.path("Orchard", 1))
            #expect(first.status == 404)
            scene.upstream.clearFaults()
            scene.time.advance(by: .seconds(600))
            let second = try await scene.get(scene.path("Orchard", 1))
            #expect(second.status == 200)
        }
    }
}

@Suite("The standard of a contract", .timeLimit(.minutes(2))) struct StandardScenarios {
    private func standard(_ scene: Scene, _ collection: String, _ token: UInt64 = 5) async throws -> [String?] {
        let answer = try await scene.get(scene.path(collection, token))
        let root = try JSONDocument(validating: answer.body).root
        return [root["standard"]?.string, root["name"]?.string]
    }

    @Test func `E-17 is ERC-721 when it claims both and answers to both`() async throws {
        try await Scene.play { scene in
            let found = try await standard(scene, "Chimera")
            #expect(found == ["erc721", "erc721-5"])
        }
    }

    @Test func `E-17 is what it claims when it answers to both`() async throws {
        try await Scene.play { scene in
            let found = try await standard(scene, "Polyglot")
            #expect(found == ["erc1155", "erc1155-5"])
        }
    }

    @Test func `is not what it claims when it claims everything`() async throws {
        try await Scene.play { scene in
            let found = try await standard(scene, "Braggart")
            #expect(found == ["erc721", "erc721-5"])
        }
    }

    @Test func `E-18 is what it answers to when it claims nothing`() async throws {
        try await Scene.play { scene in
            let found = try await standard(scene, "Relic")
            #expect(found == ["erc1155", "erc1155-5"])
        }
    }

    @Test(arguments: ["Orchard", "Bazaar", "Chimera", "Relic"])
    func `costs the first token no round trip, and the others no call`(collection: String) async throws {
        try await Scene.play { scene in
            for token in UInt64(1)...3 { _ = try await standard(scene, collection, token) }
            #expect(scene.upstream.counters.rpcRequests == 3)
            let calls = scene.upstream.counters.contractCalls
            let (tokenURI, uri) = (calls["tokenURI"] ?? 0, calls["uri"] ?? 0)
            #expect(min(tokenURI, uri) == 1 && max(tokenURI, uri) == 3)
            #expect(calls["supportsInterface"] == 3)
        }
    }

    @Test func `E-20 E-21 with one URI for all ids does not tell which exist`() async throws {
        try await Scene.play { scene in
            #expect(try await scene.get(scene.path("Bazaar", 500)).status == 200)
            let beyond = try await scene.get(scene.path("Bazaar", 501))
            #expect(beyond.status == 502)
            #expect(beyond.text.contains("metadata-unusable"))
        }
    }

    @Test func `is remembered by what it claims though the first token does not exist`() async throws {
        try await Scene.play { scene in
            for token in UInt64(10_001)...10_002 {
                let answer = try await scene.get(scene.path("Orchard", token))
                #expect(answer.status == 404)
            }
            #expect(scene.upstream.counters.contractCalls["uri"] == 1)
        }
    }

    @Test func `is found out once for many tokens that are asked for at once`() async throws {
        try await Scene.play(Scene.Options(chain: ["batch_window: 10ms"])) { scene in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for token in 1...100 {
                    group.addTask { try await scene.get(scene.path("Orchard", UInt64(token))).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 })
            #expect(scene.upstream.counters.contractCalls["uri"] == 1)
            #expect(scene.upstream.counters.contractCalls["supportsInterface"] == 3)
            #expect(scene.upstream.counters.rpcRequests <= 10)
        }
    }
}

@Suite("A special contract", .timeLimit(.minutes(2))) struct SpecialContractScenarios {
    private static let punks = "0xb47e3cd837dDF8e4c57F05d70Ab865de6e193BBB"

    @Test func `of CryptoPunks is described by what another contract keeps`() async throws {
        try await Scene.play(Scene.Options(chains: [("ethereum", 1)])) { scene in
            let answer = try await scene.get("/v1/ethereum/\(Self.punks)/7")
            #expect(answer.status == 200)
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["name"]?.string == "CryptoPunk #7")
            #expect(root["image"]?.string?.hasPrefix("data:image/svg+xml") == true)
            let attributes = Array(try #require(root["attributes"]).elements)
            #expect(attributes.map { $0["trait_type"]?.string } == ["Type", "Accessory", "Accessory"])
            #expect(attributes.map { $0["value"]?.string } == ["Male 2", "Earring", "Blonde Bob"])
            #expect(scene.upstream.counters.rpcRequests == 1)
            #expect(try await scene.get("/v1/ethereum/\(Self.punks)/10000").status == 404)
            #expect(scene.upstream.counters.rpcRequests == 1)
        }
    }

    @Test func `is one only on its own chain`() async throws {
        try await Scene.play { scene in
            let answer = try await scene.get("/v1/demo/\(Self.punks)/7")
            #expect(answer.status == 404)
        }
    }

    @Test func `of the configuration is not asked, and its URI is filled in`() async throws {
        let contract = "0x00000000000000000000000000000000000000aa"
        try await Scene.play { scene in
            let uri = scene.upstream.baseURL + "/web/hybrids/{contract}-{token_id}"
            let section = """
                special_contracts:
                  - { chain: demo, contract: "\(contract)", uri: "\(uri)", standard: erc1155 }
                """
            let proxy = try await scene.another(Scene.Options(sections: [section]))
            let answer = try await scene.get("/v1/demo/\(contract)/258", from: proxy)
            let root = try JSONDocument(validating: answer.body).root
            #expect(root["name"]?.string == "\(contract)-258")
            #expect(root["standard"]?.string == "erc1155")
            #expect(scene.upstream.counters.rpcRequests == 0)
            await proxy.stop()
        }
    }
}
