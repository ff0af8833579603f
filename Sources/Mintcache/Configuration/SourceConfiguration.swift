import Tokens

extension Configuration {
    /// A place that tokens' metadata comes from.
    public struct Source: Sendable {
        enum Kind: Sendable {
            /// The tokens' own contracts.
            case onchain
            /// What is in the archive, however old.
            case archive
            case provider(Provider)
        }

        /// What attempts, statistics and collections call it.
        var name: String
        var kind: Kind
        /// For one token; nil for the source's share of the time there is.
        var timeout: Duration?
        /// Whether only collections that name it ask it.
        var isForCollectionsOnly = false

        static let onchain = Source(name: OnchainSource.name, kind: .onchain)
        static let archive = Source(name: ArchiveSource.name, kind: .archive)

        /// Whether tokens of a chain can be asked for.
        func serves(chain: String) -> Bool {
            guard case .provider(let provider) = kind else { return true }
            return provider.chains[chain] != nil
        }
    }

    /// Somebody's HTTP API that knows tokens: how to ask it, and how to read its answers.
    struct Provider: Sendable {
        var url: URLTemplate
        var headers: [(name: String, value: String)]
        /// What it calls the chains of this file, by the names they have here. It is asked for no others.
        var chains: [String: String]
        /// Where the metadata document is, as an object or as a text of JSON.
        var document: JSONPointer?
        /// Where the token's URI is.
        var tokenURI: JSONPointer?
        /// Where the token's standard is, such as `ERC721`.
        var standard: JSONPointer?
        /// Where the provider's own description of the token is, for when there is no document.
        var summary: JSONPointer?
        /// The first that matches counts.
        var rules: [AnswerRule]
        /// Whether the token's URI is fetched when the answer has no document.
        var fetchesTokenURI: Bool
        /// All of them hold.
        var budget: [RequestRate]
        /// What must never be seen: the key, and the credentials among the headers.
        var secrets: [String]
    }
}
