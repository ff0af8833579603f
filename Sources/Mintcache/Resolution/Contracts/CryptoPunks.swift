import EventLoops
import Tokens

/// Reads CryptoPunks: their attributes and their picture are kept on the chain by a contract beside their own.
struct CryptoPunks: Sendable {
    private static let count: UInt64 = 10_000

    let caller: ContractCaller
    /// The contract with the data.
    let data: ContractAddress

    func answer(
        for reference: TokenReference, on chain: Configuration.Chain, by deadline: MonotonicTime,
        _ trace: inout ResolutionTrace
    ) async throws(Problem) -> SourceAnswer {
        guard let number = reference.token.value.exactly64, number < Self.count else {
            return SourceAnswer(
                finding: .missing(reason: "There are \(Self.count) CryptoPunks, numbered from 0.", isCertain: true))
        }
        let calls = [FunctionSelector.punkAttributes, .punkImage].map {
            ContractCall($0, of: data, argument: reference.token.value)
        }
        var texts: [String] = []
        for settlement in await caller.settlements(of: calls, on: chain, by: deadline) {
            guard case .text(let text) = TokenURIReply(try settlement.outcome(on: chain, &trace)) else {
                let reason = "The contract with the CryptoPunks' data has none for this one."
                return SourceAnswer(finding: .unusable(UnusableDocument(kind: .absent, reason: reason)))
            }
            texts.append(text)
        }
        let document = PunkDocument.bytes(number: number, attributes: texts[0], image: texts[1])
        return SourceAnswer(
            finding: .document(
                MetadataDocument(
                    bytes: document, contentType: "application/json", entityTag: EntityDigest.text(document),
                    isImmutable: true)))
    }
}
