import Tokens

/// What Alchemy's NFT API says when there is no metadata: in `raw.error`, at status 200. The words are those of its
/// documentation and of its answers; clients compare them.
enum AlchemyWords {
    static let missing = "Token does not exist"
    static let malformedURI = "Malformed token uri, do not retry"
    static let brokenURI = "Contract returned a broken token uri"
    static let noURI = "Failed to get token uri"
    static let badStatus = "Token uri responded with a non 200 response code"
    static let throttled = "Throttled token uri"
    static let ipfsTimeout = "IPFS gateway timed out"
    static let arweaveTimeout = "Arweave gateway timed out"
    static let timeout = "Centralized gateway timed out, try again with a higher tokenUri timeout"
    static let internalError = "Internal service error"

    static func words(for failure: TokenFailure, of token: DropInToken, gateways: GatewayList) -> String {
        switch failure {
        case .missing: missing
        case .unusable: hasUsableURI(token) ? brokenURI : malformedURI
        case .problem(let problem): words(for: problem, gateways)
        case .notHeld: timeout
        case .withheld(let reason): reason
        }
    }

    private static func hasUsableURI(_ token: DropInToken) -> Bool {
        guard let text = token.tokenURI else { return false }
        if case .unsupported = TokenURI(parsing: text, for: token.reference.token) { return false }
        return true
    }

    /// What came of the last attempt at the document tells; without one, nobody has said where it is.
    private static func words(for problem: Problem, _ gateways: GatewayList) -> String {
        if problem.status == 504 { return timeout }
        guard problem.status == 502, !problem.attempts.isEmpty else { return internalError }
        guard let last = problem.attempts.last(where: { $0.step == "document" }) else { return noURI }
        switch (last.outcome, gateways.network(of: last.host)) {
        case ("status-429", _), ("breaker-open", nil): return throttled
        case (let outcome, _) where outcome.hasPrefix("status-"): return badStatus
        case (_, .ipfs): return ipfsTimeout
        case (_, .arweave): return arweaveTimeout
        case ("timeout", nil): return timeout
        case (_, nil): return brokenURI
        }
    }
}
