/// The members of metadata documents that the normalised view reads, under all the names they go by.
enum MetadataField {
    static let name = ["name", "title"]
    static let description = ["description", "bio"]
    /// URIs of an image, most specific to tokens first.
    static let image = [
        "image", "image_url", "imageUrl", "imageURL", "image_uri", "imageUri", "image_url_cdn", "image_data",
        "svg_image_data", "displayUri", "artifactUri", "thumbnailUri", "thumbnail_url", "media",
    ]
    static let animation = ["animation_url", "animationUrl", "animation", "animation_uri"]
    static let external = ["external_url", "external_link", "externalUrl", "externalUri"]
    static let backgroundColor = ["background_color", "backgroundColor"]
    static let attributes = ["attributes", "traits"]
    static let properties = "properties"

    /// Members that nothing but metadata has.
    static let unmistakable = Set(
        image + animation + external + backgroundColor + attributes + [
            properties, "decimals", "localization", "mediaUri", "interactive_nft",
        ]
    )
    static let known = unmistakable.union(name + description + ["symbol", "tokenId", "token_id"])
}
