/// The members of metadata documents that the normalised view reads, under all the names they go by.
enum MetadataField {
    static let name = ["name", "title"]
    static let description = ["description", "bio"]
    /// URIs of an image, most specific to tokens first.
    static let image = [
        "image", "image_url", "imageUrl", "imageURL", "image_uri", "imageUri", "image_url_cdn", "image_data",
        "svg_image_data", "image_canonical_uri", "displayUri", "artifactUri", "thumbnailUri", "thumbnail_url",
        "thumbnail", "media", "mediaUri", "asset_url", "big_image",
    ]
    static let animation = ["animation_url", "animationUrl", "animation", "animation_uri", "animationUri"]
    /// Members that hold media of a type said beside them, or in ``formats``.
    static let anyMedia = ["artifactUri", "media", "mediaUri", "content"]
    static let formats = "formats"
    static let external = ["external_url", "external_link", "externalUrl", "external_uri", "externalUri"]
    /// The last is that of ENS, and of many things besides.
    static let link = external + ["url"]
    static let backgroundColor = ["background_color", "backgroundColor"]
    /// The last are CryptoKitties'.
    static let attributes = ["attributes", "traits", "enhanced_cattributes"]
    static let properties = "properties"

    /// Members that nothing but metadata has.
    static let unmistakable = Set(
        image + animation + external + backgroundColor + attributes + [
            properties, formats, "decimals", "localization", "interactive_nft",
        ]
    )
    static let known = unmistakable.union(name + description + link + ["symbol", "tokenId", "token_id", "content"])
}
