import HTTPCaching
import Tokens

/// Tokens as OpenSea's API v2 writes them. What this proxy cannot know is null.
enum OpenSeaShape {
    static func token(_ token: DropInToken) -> JSONNode {
        let image = JSONNode(token["image"])
        let animation = JSONNode(token["animation_url"])
        let reference = token.reference
        return .object([
            (
                "nft",
                .object([
                    ("identifier", .string(reference.token.decimal)), ("collection", .null),
                    ("contract", .string(reference.contract.lowercase)),
                    ("token_standard", JSONNode(token.standard?.rawValue)),
                    ("name", JSONNode(token["name"])), ("description", JSONNode(token["description"])),
                    ("image_url", image), ("display_image_url", image), ("display_animation_url", animation),
                    ("metadata_url", JSONNode(token.tokenURI)), ("opensea_url", JSONNode(page(of: reference))),
                    ("updated_at", .string(InternetTimestamp.text(token.fetchedAt / 1000))),
                    ("is_disabled", .null), ("is_nsfw", .null), ("animation_url", animation),
                    ("is_suspicious", .null), ("creator", .null), ("traits", traits(of: token)), ("owners", .null),
                    ("rarity", .null),
                ])
            )
        ])
    }

    private static func page(of reference: TokenReference) -> String? {
        guard let number = reference.chain.eip155Number, let chain = OpenSeaChains.name(of: number) else { return nil }
        return "https://opensea.io/assets/\(chain)/\(reference.contract.lowercase)/\(reference.token.decimal)"
    }

    private static func traits(of token: DropInToken) -> JSONNode {
        guard let attributes = token["attributes"].map({ Array($0.elements) }) else { return .array([]) }
        let maxima = maxima(of: token, count: attributes.count)
        let traits = attributes.enumerated().map { index, attribute -> JSONNode in
            .object([
                ("trait_type", JSONNode(attribute["trait_type"])),
                ("display_type", JSONNode(attribute["display_type"])),
                ("max_value", JSONNode(maxima?[index] ?? nil)), ("value", JSONNode(attribute["value"])),
            ])
        }
        return .array(traits)
    }

    /// The document's `max_value` of each attribute: the one thing of OpenSea's own format that the token object leaves
    /// out. Nil when the document's attributes are not a list of as many.
    private static func maxima(of token: DropInToken, count: Int) -> [JSONValue?]? {
        guard let document = token["metadata"], let list = document["attributes"] ?? document["traits"],
            list.kind == .array
        else { return nil }
        let maxima = list.elements.map { $0["max_value"] }
        return maxima.count == count ? maxima : nil
    }
}
