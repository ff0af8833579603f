import Tokens

/// `GET /alchemy/{network}/nft/v3/{key}/getNFTMetadata`: Alchemy's NFT API v3, which is at `{network}.g.alchemy.com`.
/// What is wrong with a token stands in `raw.error`, at status 200.
enum AlchemyAPI {
    static func answer(_ request: ProviderRequest, _ internet: SampleInternet) -> Resource {
        guard let match = request.match("*", "nft", "v3", "*", "getNFTMetadata") else {
            return .json(404, #"{"message":"Not Found"}"#)
        }
        guard match[1] == SampleUpstream.providerKey else {
            return .json(401, #"{"error":{"message":"Must be authenticated!"}}"#)
        }
        guard let contract = request.query["contractAddress"], let id = request.query["tokenId"] else {
            return .json(400, #"{"error":{"message":"contractAddress and tokenId are required"}}"#)
        }
        guard let token = internet.token(contract, id) else {
            return .json(
                Self.body(address: contract, id: id, token: nil, metadata: "{}", error: "Contract does not exist"))
        }
        return .json(body(of: token))
    }

    private static func body(of token: SampleToken) -> [UInt8] {
        let (metadata, error): (String, String?) =
            switch token.finding {
            case .document(let document): (String(decoding: document, as: UTF8.self), nil)
            case .other(let bytes): (jsonText(String(decoding: bytes, as: UTF8.self)), nil)
            case .nonexistent: ("{}", "Token does not exist")
            case .noURI: ("{}", "Malformed token uri, do not retry")
            case .unreachable: ("{}", "Token uri responded with a non 200 response code")
            }
        return body(
            address: token.contract.address.checksummed, id: token.token.decimal, token: token, metadata: metadata,
            error: error)
    }

    /// - Parameter metadata: JSON.
    private static func body(
        address: String, id: String, token: SampleToken?, metadata: String, error: String?
    ) -> [UInt8] {
        let type = token.map { $0.contract.standard.rawValue.uppercased() } ?? "NOT_A_CONTRACT"
        let document = token?.document.flatMap { try? JSONDocument(validating: $0).root }
        let supply = token?.contract.totalSupply.map { "\($0)" }
        var output = Array(#"{"contract":{"#.utf8)
        output.append(members: [
            ("address", jsonText(address)), ("name", jsonText(token?.contract.name)),
            ("symbol", jsonText(token?.contract.symbol)), ("totalSupply", jsonText(supply)),
            ("tokenType", jsonText(type)), ("contractDeployer", "null"), ("deployedBlockNumber", "null"),
            ("isSpam", "null"), ("spamClassifications", "[]"),
        ])
        output.append(text: "},")
        output.append(members: [
            ("tokenId", jsonText(id)), ("tokenType", jsonText(type)), ("name", jsonText(document?["name"]?.string)),
            ("description", jsonText(document?["description"]?.string)), ("tokenUri", jsonText(token?.uri)),
            ("image", #"{"cachedUrl":null,"originalUrl":\#(jsonText(document?["image"]?.string))}"#),
        ])
        output.append(text: #","raw":{"#)
        output.append(members: [
            ("tokenUri", jsonText(token?.uri)), ("metadata", metadata), ("error", jsonText(error)),
        ])
        output.append(text: #"},"collection":null,"mint":null,"timeLastUpdated":"2024-01-01T00:00:00.000Z"}"#)
        return output
    }
}
