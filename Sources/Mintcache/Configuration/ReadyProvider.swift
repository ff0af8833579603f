import Tokens

/// What a source is when its configuration does not say: the defaults of its keys.
struct ProviderDefaults: Sendable {
    var url = ""
    var headers: [(name: String, value: String)] = []
    /// What the provider calls chains, by EIP-155 number.
    var chains: [UInt64: String] = [:]
    var document: String?
    var tokenURI: String?
    var standard: String?
    var summary: String?
    var rules: [AnswerRule] = []
}

/// Providers that need nothing but a key: the same keys that any other is described with, filled in.
enum ReadyProvider: String, CaseIterable, Sendable {
    case alchemy, opensea, moralis

    var defaults: ProviderDefaults {
        switch self {
        case .alchemy: Self.alchemyNFTAPI
        case .opensea: Self.openSeaAPI
        case .moralis: Self.moralisAPI
        }
    }

    /// Alchemy's NFT API v3, `getNFTMetadata`. What went wrong with a token is told inside an answer of status 200, some
    /// of it for good (https://www.alchemy.com/support/how-to-handle-nft-api-errors).
    private static let alchemyNFTAPI = ProviderDefaults(
        url: "https://{chain}.g.alchemy.com/nft/v3/{key}/getNFTMetadata"
            + "?contractAddress={contract}&tokenId={token_id}&refreshCache=false",
        chains: [
            1: "eth-mainnet", 10: "opt-mainnet", 137: "polygon-mainnet", 8453: "base-mainnet", 42161: "arb-mainnet",
            11_155_111: "eth-sepolia", 84532: "base-sepolia",
        ],
        document: "/raw/metadata", tokenURI: "/raw/tokenUri", standard: "/tokenType",
        rules: [
            AnswerRule(pointer: JSONPointer("/raw/error"), contains: "does not exist", means: .missing),
            AnswerRule(pointer: JSONPointer("/raw/error"), contains: "malformed token uri", means: .malformed),
            AnswerRule(pointer: JSONPointer("/raw/error"), means: .retry),
        ])

    /// OpenSea's API v2, `Get NFT`. It has no document, only where the document is and its own view of the token.
    private static let openSeaAPI = ProviderDefaults(
        url: "https://api.opensea.io/api/v2/chain/{chain}/contract/{contract}/nfts/{token_id}",
        headers: [("x-api-key", "{key}")],
        chains: [
            1: "ethereum", 10: "optimism", 137: "polygon", 8453: "base", 42161: "arbitrum", 43114: "avalanche",
            81457: "blast", 7_777_777: "zora",
        ],
        tokenURI: "/nft/metadata_url", standard: "/nft/token_standard", summary: "/nft",
        rules: [AnswerRule(pointer: JSONPointer("/errors/0"), contains: "not found", means: .missing)])

    /// Moralis's Web3 Data API, `getNFTMetadata`. The document is a text of JSON inside JSON.
    private static let moralisAPI = ProviderDefaults(
        url: "https://deep-index.moralis.io/api/v2.2/nft/{contract}/{token_id}?chain={chain}&format=decimal",
        headers: [("X-API-Key", "{key}")],
        chains: [
            1: "0x1", 10: "0xa", 56: "0x38", 100: "0x64", 137: "0x89", 8453: "0x2105", 42161: "0xa4b1",
            43114: "0xa86a", 59144: "0xe708", 11_155_111: "0xaa36a7",
        ],
        document: "/metadata", tokenURI: "/token_uri", standard: "/contract_type")
}
