import MintcacheTesting
import SampleUpstream
import Tokens

@testable import Mintcache

/// What a client of a provider's API asks and looks at.
extension Scene {
    /// The path of a call of Alchemy's about tokens of a collection.
    func alchemy(_ call: String, _ collection: String, _ token: String? = nil, _ more: String = "") -> String {
        let identifier = token.map { "&tokenId=\($0)" } ?? ""
        return "/alchemy/demo/nft/v3/some-key/\(call)?contractAddress=\(contract(collection).checksummed)"
            + identifier + more
    }

    func openSea(_ collection: String, _ token: String, _ more: String = "") -> String {
        "/opensea/api/v2/chain/demo/contract/\(contract(collection).checksummed)/nfts/\(token)\(more)"
    }

    func post(_ target: String, _ body: String, within limit: Duration = .seconds(15)) async throws -> HTTPAnswer {
        let connection = try await client()
        let head = ["POST \(target) HTTP/1.1", "Host: proxy.test", "Content-Type: application/json"]
        let length = "Content-Length: \(body.utf8.count)"
        await connection.send((head + [length, "", ""]).joined(separator: "\r\n") + body)
        let answer = try await connection.answer(within: limit)
        await connection.close()
        return answer
    }

    /// The body of a batch of tokens of one collection.
    func batch(_ collection: String, _ tokens: [String], _ more: String = "") -> String {
        let address = contract(collection).checksummed
        let list = tokens.map { #"{"contractAddress":"\#(address)","tokenId":\#($0)}"# }.joined(separator: ",")
        return #"{"tokens":[\#(list)]\#(more)}"#
    }

    /// Where a gateway has the document of one token below ten, told by that of its neighbour 9.
    func documentPath(_ collection: String, _ token: Int) async throws -> String {
        let uri = try await get(path(collection, 9)).json["token_uri"]?.string ?? ""
        return "/ipfs/\(uri.dropFirst("ipfs://".count).dropLast())\(token)"
    }

    static let batchPath = "/alchemy/demo/nft/v3/some-key/getNFTMetadataBatch"
}

extension HTTPAnswer {
    var json: JSONValue {
        get throws { try JSONDocument(validating: body).root }
    }

    /// What Alchemy's API says in place of metadata.
    var alchemyError: String? {
        get throws { try json["raw"]?["error"]?.string }
    }
}
