import Testing
import Tokens

@testable import Mintcache

/// Expectations are written by the provider's reference of `getNFTMetadata` and `getContractMetadata`, version 3.
@Suite struct `A token in Alchemy's shape` {
    private let shape = AlchemyShape(gateways: sampleGateways)

    private func text(_ node: JSONNode) -> String { String(decoding: node.bytes, as: UTF8.self) }

    private static let noContract = compact(
        #"""
        {"address":"0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13D","name":null,"symbol":null,"totalSupply":null,
        "tokenType":"ERC721","contractDeployer":null,"deployedBlockNumber":null,
        "openSeaMetadata":{"floorPrice":null,"collectionName":null,"collectionSlug":null,
        "safelistRequestStatus":null,"imageUrl":null,"description":null,"externalUrl":null,
        "twitterUsername":null,"discordUrl":null,"bannerImageUrl":null,"lastIngestedAt":null},
        "isSpam":null,"spamClassifications":[]}
        """#)

    @Test func `has every member of theirs, and null for what is not known`() throws {
        let document = #"{"name":"Ape #1","image":"ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1.png"}"#
        let token = try dropInToken(
            document: document, tokenURI: "ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1")
        let expected = compact(
            #"""
            {"contract":\#(Self.noContract),
            "tokenId":"1","tokenType":"ERC721","name":"Ape #1","description":null,
            "tokenUri":"https://ipfs.example/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1",
            "image":{"cachedUrl":"https://ipfs.example/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1.png",
            "thumbnailUrl":null,"pngUrl":null,"contentType":null,"size":null,
            "originalUrl":"https://ipfs.example/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1.png"},
            "animation":{"cachedUrl":null,"contentType":null,"size":null,"originalUrl":null},
            "raw":{"tokenUri":"ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG/1",
            "metadata":\#(document),"error":null},
            "collection":null,
            "mint":{"mintAddress":null,"blockNumber":null,"timestamp":null,"transactionHash":null},
            "owners":null,"timeLastUpdated":"2023-11-14T22:13:20.042Z"}
            """#)
        #expect(text(shape.token(token, of: nil)) == expected)
    }

    @Test func `has the document inside, byte for byte, and its number to the last digit`() throws {
        let document = #"{ "b" : 1e400, "name":"\ud83d\ude00","a":1.10, "b":12345678901234567890123 }"#
        let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        let token = try dropInToken(document: document, standard: .erc1155, token: largest)
        let answer = text(shape.token(token, of: nil))
        #expect(answer.contains(#""metadata":\#(document),"error":null"#))
        #expect(answer.contains(#""tokenId":"\#(largest)","tokenType":"ERC1155","name":"\ud83d\ude00","#))
    }

    @Test func `puts the id into the URI that it resolves, and keeps the one that the contract gave`() throws {
        let token = try dropInToken(
            document: "{}", tokenURI: "https://host.example/{id}.json", standard: .erc1155, token: "10")
        let answer = text(shape.token(token, of: nil))
        let padded = String(repeating: "0", count: 63) + "a"
        #expect(answer.contains(#""tokenUri":"https://host.example/\#(padded).json","image""#))
        #expect(answer.contains(#""raw":{"tokenUri":"https://host.example/{id}.json","metadata":{}"#))
    }

    @Test func `repeats a URI that carries the document itself`() throws {
        let uri = #"data:application/json,{"name":"x"}"#
        let token = try dropInToken(document: #"{"name":"x"}"#, tokenURI: uri)
        let written = #""data:application/json,{\"name\":\"x\"}""#
        let answer = text(shape.token(token, of: nil))
        #expect(answer.contains(#""tokenUri":\#(written),"image""#))
        #expect(answer.contains(#""raw":{"tokenUri":\#(written),"#))
    }

    @Test func `without metadata has an empty object and the reason in its place`() throws {
        let token = try dropInToken(outcome: .missing(reason: "gone"), tokenURI: nil, standard: nil)
        let expected = compact(
            #"""
            {"contract":\#(Self.noContract.replacing("ERC721", with: "UNKNOWN")),
            "tokenId":"1","tokenType":"UNKNOWN","name":null,"description":null,"tokenUri":null,
            "image":{"cachedUrl":null,"thumbnailUrl":null,"pngUrl":null,"contentType":null,"size":null,
            "originalUrl":null},
            "animation":{"cachedUrl":null,"contentType":null,"size":null,"originalUrl":null},
            "raw":{"tokenUri":null,"metadata":{},"error":"Token does not exist"},
            "collection":null,
            "mint":{"mintAddress":null,"blockNumber":null,"timestamp":null,"transactionHash":null},
            "owners":null,"timeLastUpdated":"2023-11-14T22:13:20.042Z"}
            """#)
        #expect(text(shape.token(token, of: nil)) == expected)
    }

    @Test func `tells of its contract what is known of it`() throws {
        let contract = ContractSummary(
            name: "BoredApeYachtClub", symbol: "BAYC", totalSupply: "10000", standard: .erc721,
            collection: .init(
                name: "Bored Apes", description: "A club.", image: "https://ipfs.example/ipfs/club",
                externalURL: "https://club.example", bannerImage: nil))
        let answer = try json(shape.token(try dropInToken(document: "{}"), of: contract).bytes)
        #expect(answer["contract"]?["name"]?.string == "BoredApeYachtClub")
        #expect(answer["contract"]?["totalSupply"]?.string == "10000")
        #expect(answer["contract"]?["openSeaMetadata"]?["imageUrl"]?.string == "https://ipfs.example/ipfs/club")
        let collection =
            #"{"name":"Bored Apes","slug":null,"externalUrl":"https://club.example","bannerImageUrl":null}"#
        #expect((answer["collection"]?.text).map { String(decoding: $0, as: UTF8.self) } == collection)
    }

    @Test func `and its contract alone`() throws {
        let contract = ContractSummary(
            name: "Works", symbol: "W", totalSupply: "7", standard: .erc1155,
            collection: .init(name: nil, description: "Of art.", image: nil, externalURL: nil, bannerImage: nil))
        let key = CollectionKey(
            chain: ChainIdentifier(eip155: 1), contract: try ContractAddress(parsing: checksummedContract))
        let expected = compact(
            #"""
            {"address":"0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13D","name":"Works","symbol":"W","totalSupply":"7",
            "tokenType":"ERC1155","contractDeployer":null,"deployedBlockNumber":null,
            "openSeaMetadata":{"floorPrice":null,"collectionName":null,"collectionSlug":null,
            "safelistRequestStatus":null,"imageUrl":null,"description":"Of art.","externalUrl":null,
            "twitterUsername":null,"discordUrl":null,"bannerImageUrl":null,"lastIngestedAt":null}}
            """#)
        #expect(text(shape.contract(contract, key)) == expected)
    }
}
