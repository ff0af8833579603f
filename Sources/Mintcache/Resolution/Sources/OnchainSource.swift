import Tokens

/// Resolves a token the way its contract says: ask the chain for the token's URI, then fetch what the URI names.
struct OnchainSource: TokenSource {
    static let name = "onchain"

    var timeout: Duration?
    let chain: @Sendable (ChainIdentifier) -> Configuration.Chain?
    let reader: TokenURIReader
    let fetcher: DocumentFetcher
    let specialContracts: SpecialContracts

    var name: String { Self.name }
    var isAuthoritative: Bool { true }

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? {
        let reference = inquiry.reference
        guard let chain = chain(reference.chain) else {
            throw .unknownChain(reference.chain.description, known: [])
        }
        let special = specialContracts[reference]
        switch special?.way {
        case .uri(let template)?:
            let uri = SpecialContract.uri(template, of: reference)
            StepLog.current?.note(special: uri)
            return try await document(at: uri, special?.standard, inquiry, &trace)
        case .cryptoPunks(let data)?:
            let punks = CryptoPunks(caller: reader.caller, data: data)
            return try await punks.answer(for: reference, on: chain, by: inquiry.deadline, &trace)
        case .contract?, nil:
            break
        }
        let answer = try await reader.tokenURI(
            of: reference, supposing: special?.standard ?? inquiry.held?.standard, on: chain, by: inquiry.deadline,
            &trace)
        StepLog.current?.note(answer)
        switch answer {
        case .uri(let text, let standard):
            return try await document(at: text, standard, inquiry, &trace)
        case .missing(let reason, let isCertain):
            return SourceAnswer(finding: .missing(reason: reason, isCertain: isCertain))
        case .absent(let standard):
            return .unusable(.absent, "The contract has no URI for this token.", standard)
        case .malformed(let reason, let standard):
            return .unusable(.malformed, reason, standard)
        case .refused(let reason):
            return .unusable(.refused, reason, nil)
        }
    }

    private func document(
        at text: String, _ standard: TokenStandard?, _ inquiry: Inquiry, _ trace: inout ResolutionTrace
    ) async throws(Problem) -> SourceAnswer {
        let found = try await fetcher.document(at: text, for: inquiry, &trace)
        let finding: SourceAnswer.Finding =
            switch found {
            case .document(let document): .document(document)
            case .unusable(let unusable): .unusable(unusable)
            }
        return SourceAnswer(finding: finding, standard: standard, tokenURI: text)
    }
}

extension SourceAnswer {
    fileprivate static func unusable(
        _ kind: UnusableDocument.Kind, _ reason: String, _ standard: TokenStandard?
    ) -> SourceAnswer {
        SourceAnswer(finding: .unusable(UnusableDocument(kind: kind, reason: reason)), standard: standard)
    }
}
