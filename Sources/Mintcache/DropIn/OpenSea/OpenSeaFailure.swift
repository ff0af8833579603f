import HTTPServing

/// What OpenSea's API answers for a token without metadata: it knows tokens by their transfers, so one whose metadata
/// cannot be used is there, with nulls.
enum OpenSeaFailure {
    static func response(for token: DropInToken) -> Response {
        switch token.failure {
        case nil, .unusable: .json(200, OpenSeaShape.token(token).bytes)
        case .missing(let reason): refusal(DropInRefusal(404, "NFT not found: \(reason)"))
        case .withheld(let reason): refusal(DropInRefusal(404, "\(reason)."))
        case .notHeld: refusal(DropInRefusal(.notCached))
        case .problem(let problem): refusal(DropInRefusal(problem))
        }
    }

    private static func refusal(_ refusal: DropInRefusal) -> Response {
        DropInProvider.openSea.response(refusal)
    }
}
