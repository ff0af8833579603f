import Tokens

/// `GET /catalog/{network}/{contract}/{id}`, with the id in 64 hexadecimal digits and the key in `Authorization: Bearer`:
/// a provider that nobody knows. Everything is answered at status 200, and what went wrong has a code.
enum CatalogAPI {
    static func answer(_ request: ProviderRequest, _ internet: SampleInternet) -> Resource {
        guard request.key == SampleUpstream.providerKey else { return failure("NOT_ALLOWED") }
        guard let match = request.match("*", "*", "*"), match[2].utf8.count == 64 else { return failure("BAD_REQUEST") }
        guard let token = internet.token(match[1], "0x\(match[2])"), token.uri != nil else { return failure("UNKNOWN") }
        switch token.finding {
        case .document(let document):
            let kind = "erc-\(token.contract.standard.rawValue.dropFirst(3))"
            return .json(
                Array(#"{"ok":true,"items":[{"kind":"\#(kind)","document":"#.utf8) + document + Array("}]}".utf8))
        case .other, .noURI: return failure("UNREADABLE")
        case .nonexistent: return failure("UNKNOWN")
        case .unreachable: return failure("TRY_LATER")
        }
    }

    private static func failure(_ code: String) -> Resource {
        .json(200, #"{"ok":false,"code":"\#(code)"}"#)
    }
}
