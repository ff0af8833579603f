import SampleUpstream
import Testing
import Tokens

@Suite("The providers' APIs")
struct ProviderTests {
    private static let key = SampleUpstream.providerKey

    private func root(_ answer: RawClient.Answer) throws -> JSONValue {
        try JSONDocument(validating: answer.rawBody).root
    }

    /// Orchard's token 7 as its gateway has it.
    private func document(_ test: UpstreamUnderTest) async throws -> [UInt8] {
        await test.get(try test.path(of: try await test.tokenURI("Orchard", 7))).rawBody
    }

    @Test("Alchemy's has the exact document, and its errors at status 200")
    func alchemy() async throws {
        try await UpstreamUnderTest.run { test in
            let base = "/alchemy/eth-mainnet/nft/v3/\(Self.key)/getNFTMetadata"
            let orchard = try test.contract(of: "Orchard").lowercase
            let found = try root(await test.get("\(base)?contractAddress=\(orchard)&tokenId=7"))
            #expect(found["raw"]?["metadata"].map { Array($0.text) } == (try await document(test)))
            #expect(found["raw"]?["tokenUri"]?.string?.hasPrefix("ipfs://") == true)
            #expect(found["raw"]?["error"]?.isNull == true)
            #expect(found["tokenType"]?.string == "ERC721")
            let missing = await test.get("\(base)?contractAddress=\(orchard)&tokenId=99999")
            #expect(missing.status == 200)
            #expect(try root(missing)["raw"]?["error"]?.string == "Token does not exist")
            let wrong = await test.get("/alchemy/a/nft/v3/wrong/getNFTMetadata?contractAddress=\(orchard)&tokenId=7")
            #expect(wrong.status == 401)
        }
    }

    @Test("OpenSea's has a view of the token and where the document is")
    func openSea() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard").lowercase
            let path = "/opensea/api/v2/chain/ethereum/contract/\(orchard)/nfts/7"
            let found = try root(await test.get(path, fields: ["x-api-key: \(Self.key)"]))
            #expect(found["nft"]?["metadata_url"]?.string == (try await test.tokenURI("Orchard", 7)))
            #expect(found["nft"]?["name"]?.string == "Orchard #7")
            #expect(found["nft"]?["traits"]?.kind == .array)
            #expect(await test.get(path).status == 401)
        }
    }

    @Test("Moralis's has the document as a text")
    func moralis() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard").lowercase
            let path = "/moralis/api/v2.2/nft/\(orchard)/7?chain=0x1&format=decimal"
            let found = try root(await test.get(path, fields: ["X-API-Key: \(Self.key)"]))
            #expect(found["metadata"]?.unescaped == (try await document(test)))
            let missing = path.replacing("/7?", with: "/99999?")
            #expect(await test.get(missing, fields: ["X-API-Key: \(Self.key)"]).status == 404)
        }
    }

    @Test("the catalogue's has everything at status 200")
    func catalog() async throws {
        try await UpstreamUnderTest.run { test in
            let orchard = try test.contract(of: "Orchard").lowercase
            let path = "/catalog/sample/\(orchard)/\(TokenIdentifier(7).paddedHex)"
            let found = try root(await test.get(path, fields: ["Authorization: Bearer \(Self.key)"]))
            let item = found["items"]?.elements.first { _ in true }
            #expect(item?["document"].map { Array($0.text) } == (try await document(test)))
            let refused = await test.get(path)
            #expect(refused.status == 200)
            #expect(try root(refused)["code"]?.string == "NOT_ALLOWED")
            #expect(test.upstream.counters.providerRequests == 2)
        }
    }

    @Test("meet faults")
    func faults() async throws {
        try await UpstreamUnderTest.run { test in
            var fault = Fault(.path(prefix: "/opensea/"), times: 1)
            fault.status = 599
            test.upstream.setFault(fault)
            #expect(await test.get("/opensea/api/v2/anything").status == 599)
        }
    }
}
