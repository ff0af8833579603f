import Tokens

/// Resolves a token the way its contract says: ask the chain for the token's URI, then fetch what the URI names.
struct OnchainSource: TokenSource {
    static let name = "onchain"

    var timeout: Duration?
    let chain: @Sendable (ChainIdentifier) -> Configuration.Chain?
    let caller: ContractCaller
    let fetcher: DocumentFetcher

    var name: String { Self.name }
    var isAuthoritative: Bool { true }

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? {
        let reference = inquiry.reference
        guard let chain = chain(reference.chain) else {
            throw .unknownChain(reference.chain.description, known: [])
        }
        switch try await caller.tokenURI(of: reference, on: chain, by: inquiry.deadline, &trace) {
        case .missing(let reason, let isCertain):
            return SourceAnswer(finding: .missing(reason: reason, isCertain: isCertain))
        case .unusable(let reason, let standard):
            let unusable = UnusableDocument(kind: .malformed, reason: reason)
            return SourceAnswer(finding: .unusable(unusable), standard: standard)
        case .uri(let text, let standard):
            let found = try await fetcher.document(at: text, for: inquiry, &trace)
            let finding: SourceAnswer.Finding =
                switch found {
                case .document(let document): .document(document)
                case .unusable(let unusable): .unusable(unusable)
                }
            return SourceAnswer(finding: finding, standard: standard, tokenURI: text)
        }
    }
}
