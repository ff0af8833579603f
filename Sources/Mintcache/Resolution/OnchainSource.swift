import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// Resolves a token the way its contract says: ask the chain for the token's URI, then fetch what the URI names.
struct OnchainSource: TokenSource {
    static let name = "onchain"

    let chain: @Sendable (ChainIdentifier) -> Configuration.Chain?
    let caller: ContractCaller
    let fetcher: DocumentFetcher
    let lifetimes: @Sendable (TokenReference) -> LifetimePolicy
    let time: TimeSource
    /// For everything: the call, the document, their retries.
    let timeout: Duration

    func resolve(_ reference: TokenReference) async throws(Problem) -> TokenRecord {
        guard let chain = chain(reference.chain) else {
            throw .unknownChain(reference.chain.description, known: [])
        }
        var trace = ResolutionTrace()
        let deadline = MonotonicTime.current + timeout
        let answer = try await caller.tokenURI(of: reference, on: chain, by: deadline, &trace)
        switch answer {
        case .missing(let reason):
            return record(of: reference, outcome: .missing(reason: reason))
        case .unusable(let reason, let standard):
            return record(of: reference, outcome: .unusable(reason: reason), standard: standard)
        case .uri(let text, let standard):
            let uri = TokenURI(parsing: text, for: reference.token)
            let document = try await fetcher.document(at: uri, text: text, by: deadline, &trace)
            return record(of: reference, fetched: document, standard: standard, uri: text)
        }
    }

    private func record(
        of reference: TokenReference, fetched document: FetchedDocument, standard: TokenStandard, uri: String
    ) -> TokenRecord {
        switch document {
        case .unusable(let reason):
            return record(of: reference, outcome: .unusable(reason: reason), standard: standard, uri: uri)
        case .document(let bytes, let contentType, let entityTag):
            var record = record(of: reference, outcome: .document, standard: standard, uri: uri)
            record.document = bytes
            record.contentType = contentType
            record.etag = entityTag
            return record
        }
    }

    private func record(
        of reference: TokenReference, outcome: TokenRecord.Outcome, standard: TokenStandard? = nil, uri: String? = nil
    ) -> TokenRecord {
        let now = time.now
        let kind: LifetimePolicy.Outcome =
            switch outcome {
            case .document: .document
            case .missing: .missing
            case .unusable: .failure
            }
        let digest = reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) }
        let freshUntil = lifetimes(reference).freshUntil(fetchedAt: now, outcome: kind, digest: digest)
        return TokenRecord(
            reference: reference, outcome: outcome, standard: standard, tokenURI: uri, source: Self.name, document: [],
            contentType: nil, etag: "", fetchedAt: now, freshUntil: freshUntil)
    }
}

/// The digest that entity tags are made of: half a SHA-256, in hexadecimal.
enum EntityDigest {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = SHA256.hash(bytes).prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
