import HTTPServing
import Testing
import Tokens

@testable import Mintcache

/// Expectations are written by the provider's reference of "Get NFT", version 2.
@Suite struct `A token in OpenSea's shape` {
    private func text(_ node: JSONNode) -> String { String(decoding: node.bytes, as: UTF8.self) }

    @Test func `has every member of theirs, and null for what is not known`() throws {
        let document = #"""
            {"name":"Ape #1","description":"An ape.","image":"ar://Sgmyo7nUqPpVQWUfK72p5yIpd85QQbhGaWAF-I8L6yE",
            "animation_url":"https://host.example/a.mp4","attributes":[
            {"trait_type":"Mouth","value":"Grin"},
            {"trait_type":"Level","value":12345678901234567890,"display_type":"number","max_value":9e20}]}
            """#
        let token = try dropInToken(document: document, tokenURI: "ipfs://bafybeigdyr/1")
        let expected = compact(
            #"""
            {"nft":{"identifier":"1","collection":null,"contract":"0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d",
            "token_standard":"erc721","name":"Ape #1","description":"An ape.",
            "image_url":"https://arweave.example/Sgmyo7nUqPpVQWUfK72p5yIpd85QQbhGaWAF-I8L6yE",
            "display_image_url":"https://arweave.example/Sgmyo7nUqPpVQWUfK72p5yIpd85QQbhGaWAF-I8L6yE",
            "display_animation_url":"https://host.example/a.mp4","metadata_url":"ipfs://bafybeigdyr/1",
            "opensea_url":"https://opensea.io/assets/ethereum/0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d/1",
            "updated_at":"2023-11-14T22:13:20Z","is_disabled":null,"is_nsfw":null,
            "animation_url":"https://host.example/a.mp4","is_suspicious":null,"creator":null,
            "traits":[{"trait_type":"Mouth","display_type":null,"max_value":null,"value":"Grin"},
            {"trait_type":"Level","display_type":"number","max_value":9e20,"value":12345678901234567890}],
            "owners":null,"rarity":null}}
            """#)
        #expect(text(OpenSeaShape.token(token)) == expected)
    }

    @Test func `has no largest values where its attributes are no list`() throws {
        let token = try dropInToken(document: #"{"attributes":{"Mouth":"Grin"}}"#)
        let traits = #""traits":[{"trait_type":"Mouth","display_type":null,"max_value":null,"value":"Grin"}]"#
        #expect(text(OpenSeaShape.token(token)).contains(traits))
    }

    @Test func `whose metadata cannot be used is there with nulls`() throws {
        let token = try dropInToken(outcome: .unusable(reason: "HTML"), tokenURI: "https://host.example/1")
        let response = OpenSeaFailure.response(for: token)
        #expect(response.status == 200)
        let nft = try #require(try json(response.body)["nft"])
        #expect(nft["name"]?.isNull == true)
        #expect(nft["metadata_url"]?.string == "https://host.example/1")
        #expect(nft["traits"]?.elements.map { $0.kind }.isEmpty == true)
    }

    @Test func `that does not exist, or could not be had, is an error with its status`() throws {
        let missing = OpenSeaFailure.response(for: try dropInToken(outcome: .missing(reason: "gone"), tokenURI: nil))
        #expect(missing.status == 404)
        #expect(String(decoding: missing.body, as: UTF8.self) == #"{"errors":["NFT not found: gone"]}"#)
        let late = OpenSeaFailure.response(for: DropInToken(try reference(), .problem(.timedOut), at: 0))
        #expect(late.status == 504)
        #expect(late.fields.contains { $0 == ("Retry-After", "1") })
    }

    @Test func `is found in its path`() throws {
        let path = try #require(OpenSeaPath("/opensea/api/v2/chain/matic/contract/0xAB/nfts/7"))
        #expect([path.chain, path.contract, path.token] == ["matic", "0xAB", "7"])
        #expect(!path.isRefresh)
        #expect(OpenSeaPath("/opensea/api/v2/chain/matic/contract/0xAB/nfts/7/refresh")?.isRefresh == true)
        #expect(OpenSeaPath("/opensea/api/v2/chain/matic/contract/0xAB/nfts/7/")?.token == "7")
        for other in ["/nfts/7/owners", "/nfts", "/nfts/7/refresh/x", ""] {
            #expect(OpenSeaPath("/opensea/api/v2/chain/matic/contract/0xAB\(other)")?.token == nil, "\(other)")
        }
    }
}
