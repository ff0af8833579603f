public import Tokens

/// One document of the corpus, and the token it is served for.
public struct CorpusEntry: Sendable {
    public enum Kind: String, Sendable {
        /// The file is a metadata document; the gateway serves its bytes.
        case metadata
        /// The file is a token URI; the contract returns its bytes.
        case tokenURI = "token_uri"
    }

    public let contract: ContractAddress
    public let token: TokenIdentifier
    /// The contract's.
    public internal(set) var standard: TokenStandard
    public let kind: Kind
    /// The path in the folder.
    public let file: String
    public let bytes: [UInt8]

    /// The path below the gateway for a document.
    var path: String { "/ipfs/" + ContentIdentifier.raw(bytes) }

    /// What the contract returns.
    var tokenURI: [UInt8] {
        switch kind {
        case .metadata: Array("ipfs://\(ContentIdentifier.raw(bytes))".utf8)
        case .tokenURI: bytes
        }
    }
}
