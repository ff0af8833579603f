/// Finds what a document shows its token by, under all the names and in all the places where that stands.
struct TokenMedia {
    private let fields: MetadataFields
    /// Media types by the text of their URIs: those of TZIP-21's formats and of Metaplex's files.
    private let declared: [String: String]
    /// The files of Metaplex's properties, in order.
    private let files: [MediaPlace]

    /// How many formats and files are looked at; more have not been seen.
    private static let countLimit = 32

    init(_ fields: MetadataFields) {
        self.fields = fields
        let formats = Self.places(in: fields[MetadataField.formats])
        files = Self.places(in: fields[MetadataField.properties]?["files"])
        let types = (formats + files).compactMap { place in place.type.map { (place.text, $0) } }
        declared = Dictionary(types) { first, _ in first }
    }

    private static func places(in list: JSONValue?) -> [MediaPlace] {
        guard let list else { return [] }
        return list.elements.prefix(countLimit).flatMap { MediaPlace.places(in: $0) }
    }

    /// The first usable reading of a still or moving image, or of what the document calls one.
    func image<Result>(_ reading: (String) -> Result?) -> Result? {
        first(of: MetadataField.image, where: { !$0.isMoving }, reading)
            ?? fields.property("image")?.string.flatMap(reading)
            ?? first(of: files, where: { $0.type?.hasPrefix("image/") == true }, reading)
    }

    /// The first usable reading of video, sound, a model or a page, also where an image should be.
    func animation<Result>(_ reading: (String) -> Result?) -> Result? {
        first(of: MetadataField.animation, where: { _ in true }, reading)
            ?? first(of: MetadataField.anyMedia + MetadataField.image, where: \.isMoving, reading)
            ?? first(of: files, where: \.isMoving, reading)
    }

    private func first<Result>(
        of names: [String], where isUsable: (MediaPlace) -> Bool, _ reading: (String) -> Result?
    ) -> Result? {
        fields.first(of: names) { value in
            let places = MediaPlace.places(in: value).map { place in
                MediaPlace(text: place.text, type: place.type ?? declared[place.text])
            }
            return first(of: places, where: isUsable, reading)
        }
    }

    private func first<Result>(
        of places: [MediaPlace], where isUsable: (MediaPlace) -> Bool, _ reading: (String) -> Result?
    ) -> Result? {
        for place in places where isUsable(place) {
            if let result = reading(place.text) { return result }
        }
        return nil
    }
}

/// A text that names or holds media, and of what type the document says that they are.
struct MediaPlace {
    let text: String
    /// In lower case.
    let type: String?

    private static let texts = ["url", "uri", "src", "href", "image", "original", "description"]
    private static let types = ["mimeType", "mime", "mime_type", "mediaType", "content_type", "type"]

    /// The places in a field's value: a text, an object that has one, or what an array begins with.
    static func places(in value: JSONValue) -> [MediaPlace] {
        switch value.kind {
        case .string:
            return value.string.map { [MediaPlace(text: $0, type: nil)] } ?? []
        case .object:
            let type = types.lazy.compactMap { value[$0]?.string }.first?.lowercased()
            return texts.compactMap { value[$0]?.string }.map { MediaPlace(text: $0, type: type) }
        case .array:
            return value.elements.lazy.prefix(1).flatMap { $0.kind == .array ? [] : places(in: $0) }
        case .number, .boolean, .null:
            return []
        }
    }

    private static let moving = ["video", "audio", "model", "text/html", "html", "application/x-directory"]

    /// Whether it is something that no image element shows, by the type said beside it or else by its ending.
    var isMoving: Bool {
        guard let type else { return MediaEnding.isMoving(text) }
        return Self.moving.contains(where: type.hasPrefix) || (!type.contains("/") && MediaEnding.isMoving(text))
    }
}
