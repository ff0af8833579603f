/// Writes one token object, member by member in the documented order.
struct TokenObjectWriting {
    private let record: TokenRecord
    private let document: JSONDocument
    private let fields: MetadataFields
    private let image: MediaResolution
    private let animation: MediaResolution
    private var output: [UInt8] = []

    init(record: TokenRecord, document: JSONDocument, links: MediaLinks) {
        self.record = record
        self.document = document
        image = MediaResolution(
            reading: record.mediaReading(for: .image), link: links.image, inlineStandIn: links.inlineImage)
        animation = MediaResolution(reading: record.mediaReading(for: .animation), link: links.animation)
        fields = MetadataFields(document.root)
    }

    mutating func write(stale: Bool, isStrict: Bool) -> TokenObject {
        output.reserveCapacity(document.bytes.count * 2 + 1024)
        writeIdentity()
        writeView()
        output.append(text: ",\"metadata\":")
        let start = output.count
        output.append(contentsOf: document.bytes)
        let range = start..<output.count
        output.append(text: ",\"source\":")
        output.append(jsonString: record.source)
        output.append(text: ",\"fetched_at\":\"")
        Timestamp.append(milliseconds: record.fetchedAt, to: &output)
        output.append(text: stale ? "\",\"stale\":true}" : "\",\"stale\":false}")
        return TokenObject(bytes: output, documentRange: range, isDocumentVerbatim: isStrict)
    }

    private mutating func writeIdentity() {
        output.append(text: "{\"chain\":\"")
        record.reference.chain.append(to: &output)
        output.append(text: "\",\"contract\":\"")
        record.reference.contract.appendChecksummed(on: record.reference.chain, to: &output)
        output.append(text: "\",\"token_id\":\"")
        record.reference.token.value.appendDecimal(to: &output)
        output.append(text: "\",\"standard\":")
        output.append(jsonString: record.standard?.rawValue)
        output.append(text: ",\"token_uri\":")
        output.append(jsonString: record.tokenURI)
    }

    private mutating func writeView() {
        output.append(text: ",\"name\":")
        let token = record.reference.token
        output.append(label: label(MetadataField.name, property: "name"), of: token)
        output.append(text: ",\"description\":")
        output.append(label: label(MetadataField.description, property: "description"), of: token)
        let media = TokenMedia(fields)
        output.append(text: ",\"image\":")
        output.append(jsonString: media.image(image.url(of:)))
        output.append(text: ",\"animation_url\":")
        output.append(jsonString: media.animation(animation.url(of:)))
        output.append(text: ",\"external_url\":")
        output.append(
            jsonString: fields.first(of: MetadataField.link, link(to:)) ?? fields.property("external_url").flatMap(link)
        )
        output.append(text: ",\"background_color\":")
        output.append(jsonString: fields.first(of: MetadataField.backgroundColor, Self.color))
        output.append(text: ",\"attributes\":")
        AttributeWriting.append(fields, of: token, to: &output)
    }

    /// A string or number of any of the names. Documents that copy the schema of a standard hold what they say in the
    /// description of a property, and the name of the schema as their title.
    private func label(_ names: [String], property name: String) -> JSONValue? {
        if let own = fields[name], Self.isLabel(own) { return own }
        return fields.property(name) ?? fields.first(of: names) { Self.isLabel($0) ? $0 : nil }
    }

    /// A link that a page may put where it likes: a URL of the web, also where the document left out the scheme. Scripts
    /// and inline pages would run where they are clicked.
    private func link(to value: JSONValue) -> String? {
        guard let text = Self.nonemptyText(value) else { return nil }
        let token = record.reference.token
        return switch TokenURI(parsing: text, for: token) {
        case .http(let url): url
        case .data: nil
        case .unsupported: TokenURI.webAddress(text)
        case let uri: animation.link(uri)
        }
    }

    private static func isLabel(_ value: JSONValue) -> Bool {
        value.kind == .string || value.kind == .number
    }

    private static func nonemptyText(_ value: JSONValue) -> String? {
        guard let text = value.string?.trimmingBlanks(), !text.isEmpty else { return nil }
        return text
    }

    /// Hexadecimal digits without the `#` that many documents put in front of them.
    private static func color(_ value: JSONValue) -> String? {
        guard let text = nonemptyText(value) else { return nil }
        let digits = text.hasPrefix("#") ? String(text.dropFirst()) : text
        let isColor = [3, 6, 8].contains(digits.utf8.count) && digits.utf8.allSatisfy { hexValue($0) != nil }
        return isColor ? digits : nil
    }
}
