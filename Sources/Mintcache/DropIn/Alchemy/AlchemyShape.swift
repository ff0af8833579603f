import HTTPCaching
import Tokens

/// Tokens and contracts as Alchemy's NFT API v3 writes them. What this proxy cannot know is null.
struct AlchemyShape: Sendable {
    let gateways: GatewayList

    // MARK: Tokens

    func token(_ token: DropInToken, of contract: ContractSummary?) -> JSONNode {
        .object([
            ("contract", tokenContract(token, contract)),
            ("tokenId", .string(token.reference.token.decimal)),
            ("tokenType", Self.type(token.standard ?? contract?.standard, of: contract)),
            ("name", JSONNode(token["name"])), ("description", JSONNode(token["description"])),
            ("tokenUri", JSONNode(resolvedURI(token))),
            ("image", Self.image(token["image"])), ("animation", Self.animation(token["animation_url"])),
            ("raw", raw(token)),
            ("collection", Self.collection(contract)), ("mint", Self.mint), ("owners", .null),
            ("timeLastUpdated", .string(Self.timestamp(token.fetchedAt))),
        ])
    }

    private func raw(_ token: DropInToken) -> JSONNode {
        let words = token.failure.map { AlchemyWords.words(for: $0, of: token, gateways: gateways) }
        return .object([
            ("tokenUri", JSONNode(token.tokenURI)),
            ("metadata", token["metadata"].map { JSONNode($0) } ?? .object([])),
            ("error", JSONNode(words)),
        ])
    }

    /// The URL at which a client can fetch the metadata itself.
    private func resolvedURI(_ token: DropInToken) -> String? {
        guard let text = token.tokenURI else { return nil }
        let uri = TokenURI(parsing: text, for: token.reference.token)
        if case .data = uri { return text }
        return uri.url(ipfsGateway: gateways.media.ipfsGateway, arweaveGateway: gateways.media.arweaveGateway)
    }

    /// There is no store of converted images: the URL that a browser can show stands for all that are the image itself.
    private static func image(_ url: JSONValue?) -> JSONNode {
        .object([
            ("cachedUrl", JSONNode(url)), ("thumbnailUrl", .null), ("pngUrl", .null), ("contentType", .null),
            ("size", .null), ("originalUrl", JSONNode(url)),
        ])
    }

    private static func animation(_ url: JSONValue?) -> JSONNode {
        .object([
            ("cachedUrl", JSONNode(url)), ("contentType", .null), ("size", .null), ("originalUrl", JSONNode(url)),
        ])
    }

    private static let mint = JSONNode.object([
        ("mintAddress", .null), ("blockNumber", .null), ("timestamp", .null), ("transactionHash", .null),
    ])

    private static func collection(_ contract: ContractSummary?) -> JSONNode {
        guard let name = contract?.collection.name ?? contract?.name else { return .null }
        return .object([
            ("name", .string(name)), ("slug", .null),
            ("externalUrl", JSONNode(contract?.collection.externalURL)),
            ("bannerImageUrl", JSONNode(contract?.collection.bannerImage)),
        ])
    }

    // MARK: Contracts

    func contract(_ contract: ContractSummary, _ key: CollectionKey) -> JSONNode {
        .object(Self.members(of: contract, key, standard: contract.standard))
    }

    private func tokenContract(_ token: DropInToken, _ contract: ContractSummary?) -> JSONNode {
        let key = CollectionKey(chain: token.reference.chain, contract: token.reference.contract)
        let members = Self.members(of: contract, key, standard: contract?.standard ?? token.standard)
        return .object(members + [("isSpam", .null), ("spamClassifications", .array([]))])
    }

    private static func members(
        of contract: ContractSummary?, _ key: CollectionKey, standard: TokenStandard?
    ) -> [(String, JSONNode)] {
        [
            ("address", .string(key.contract.checksummed(on: key.chain))), ("name", JSONNode(contract?.name)),
            ("symbol", JSONNode(contract?.symbol)), ("totalSupply", JSONNode(contract?.totalSupply)),
            ("tokenType", type(standard, of: contract)), ("contractDeployer", .null), ("deployedBlockNumber", .null),
            ("openSeaMetadata", openSea(contract?.collection)),
        ]
    }

    /// OpenSea takes these from where the contract says them, and so do we. An object in any case: the SDK looks into it.
    private static func openSea(_ collection: ContractSummary.Collection?) -> JSONNode {
        .object([
            ("floorPrice", .null), ("collectionName", JSONNode(collection?.name)), ("collectionSlug", .null),
            ("safelistRequestStatus", .null), ("imageUrl", JSONNode(collection?.image)),
            ("description", JSONNode(collection?.description)), ("externalUrl", JSONNode(collection?.externalURL)),
            ("twitterUsername", .null), ("discordUrl", .null),
            ("bannerImageUrl", JSONNode(collection?.bannerImage)), ("lastIngestedAt", .null),
        ])
    }

    /// - Parameter contract: nil while nobody has asked it.
    private static func type(_ standard: TokenStandard?, of contract: ContractSummary?) -> JSONNode {
        switch standard {
        case .erc721: "ERC721"
        case .erc1155: "ERC1155"
        case nil: contract == nil ? "UNKNOWN" : "NO_SUPPORTED_NFT_STANDARD"
        }
    }

    /// With milliseconds, as JavaScript writes times.
    private static func timestamp(_ milliseconds: Int64) -> String {
        let fraction = String(milliseconds % 1000 + 1000).dropFirst()
        return InternetTimestamp.text(milliseconds / 1000).dropLast() + ".\(fraction)Z"
    }
}
