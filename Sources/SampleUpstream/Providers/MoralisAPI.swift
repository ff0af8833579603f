import Tokens

/// `GET /moralis/api/v2.2/nft/{address}/{token_id}?chain=…`: Moralis's Web3 Data API, with its key in `X-API-Key`. The
/// document is a text of JSON.
enum MoralisAPI {
    static func answer(_ request: ProviderRequest, _ internet: SampleInternet) -> Resource {
        guard let match = request.match("api", "v2.2", "nft", "*", "*") else {
            return .json(404, #"{"message":"Not found"}"#)
        }
        guard request.key == SampleUpstream.providerKey else {
            return .json(401, #"{"message":"Invalid key","details":{"key":\#(jsonText(request.key))}}"#)
        }
        guard request.query["chain"] != nil else {
            return .json(400, #"{"message":"chain must be a valid enum value"}"#)
        }
        guard let token = internet.token(match[0], match[1]), let uri = token.uri else {
            return .json(404, #"{"message":"No metadata found for this token"}"#)
        }
        var output = Array("{".utf8)
        output.append(members: [
            ("amount", #""1""#), ("token_id", jsonText(token.token.decimal)),
            ("token_address", jsonText(token.contract.address.lowercase)),
            ("contract_type", jsonText(token.contract.standard.rawValue.uppercased())),
            ("name", jsonText(token.contract.name)), ("symbol", jsonText(token.contract.symbol)),
            ("token_uri", jsonText(uri)),
            ("metadata", jsonText(token.document.map { String(decoding: $0, as: UTF8.self) })),
            ("possible_spam", "false"), ("verified_collection", "false"),
        ])
        output.append(text: "}")
        return .json(output)
    }
}
