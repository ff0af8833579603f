import Tokens

/// `GET /opensea/api/v2/chain/{chain}/contract/{address}/nfts/{identifier}`: OpenSea's API v2, with its key in
/// `X-API-Key`. There is no raw metadata in it: where the document lies, and OpenSea's view of it, which is all there is
/// for documents on the chain.
enum OpenSeaAPI {
    static func answer(_ request: ProviderRequest, _ internet: SampleInternet) -> Resource {
        guard let match = request.match("api", "v2", "chain", "*", "contract", "*", "nfts", "*") else {
            return .json(404, #"{"errors":["Not found"]}"#)
        }
        guard request.key == SampleUpstream.providerKey else {
            return .json(401, #"{"errors":["Missing an API Key."]}"#)
        }
        guard let token = internet.token(match[1], match[2]), let uri = token.uri else {
            return .json(400, #"{"errors":["NFT not found"]}"#)
        }
        return .json(body(of: token, uri))
    }

    private static func body(of token: SampleToken, _ uri: String) -> [UInt8] {
        let document = token.document.flatMap { try? JSONDocument(validating: $0).root }
        let traits = (document?["attributes"]).map { String(decoding: $0.text, as: UTF8.self) } ?? "[]"
        var output = Array(#"{"nft":{"#.utf8)
        output.append(members: [
            ("identifier", jsonText(token.token.decimal)), ("collection", jsonText(token.contract.name.lowercased())),
            ("contract", jsonText(token.contract.address.lowercase)),
            ("token_standard", jsonText(token.contract.standard.rawValue)),
            ("name", jsonText(document?["name"]?.string)), ("description", jsonText(document?["description"]?.string)),
            ("image_url", jsonText(document?["image"]?.string)), ("display_image_url", "null"),
            ("display_animation_url", "null"), ("metadata_url", jsonText(uri.hasPrefix("data:") ? nil : uri)),
            ("updated_at", #""2024-01-01T00:00:00.000000""#), ("is_disabled", "false"), ("is_nsfw", "false"),
            ("traits", traits), ("owners", "[]"), ("rarity", "null"),
        ])
        output.append(text: "}}")
        return output
    }
}
