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

    static let known = Set(
        name + description + image + animation + external + backgroundColor + attributes + [
            properties, "decimals", "symbol", "localization", "tokenId", "token_id", "mediaUri", "interactive_nft",
        ]
    )
}

/// The members of a document under known names; of duplicates the last.
struct MetadataFields {
    private var values: [String: JSONValue] = [:]

    init(_ root: JSONValue) {
        for member in root.members {
            let name = member.name
            if MetadataField.known.contains(name), !member.value.isNull { values[name] = member.value }
        }
    }

    /// The value of a member, unless it is missing or null.
    subscript(name: String) -> JSONValue? { values[name] }

    /// The first usable reading of any of the members, in the order of the names.
    func first<Result>(of names: [String], _ reading: (JSONValue) -> Result?) -> Result? {
        for name in names {
            if let result = values[name].flatMap(reading) { return result }
        }
        return nil
    }
}
