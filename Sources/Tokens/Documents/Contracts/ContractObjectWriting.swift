/// Writes one contract object, member by member in the documented order.
struct ContractObjectWriting {
    private let facts: ContractFacts
    private let document: JSONDocument?
    private let fields: MetadataFields
    private let media: MediaResolution
    private var output: [UInt8] = []

    init(facts: ContractFacts, document: JSONDocument?, media: MediaResolution) {
        self.facts = facts
        self.document = document
        self.media = media
        fields = MetadataFields(document?.root, named: ContractField.known)
    }

    mutating func write(source: String, fetchedAt: Int64) -> [UInt8] {
        writeIdentity()
        writeView()
        output.append(text: ",\"metadata\":")
        if let document { output.append(contentsOf: document.bytes) } else { output.append(text: "null") }
        output.append(text: ",\"source\":")
        output.append(jsonString: source)
        output.append(text: ",\"fetched_at\":\"")
        Timestamp.append(milliseconds: fetchedAt, to: &output)
        output.append(text: "\"")
        output += Self.ending(stale: false)
        return output
    }

    /// The object's last member, which is all that a stale copy has different.
    static func ending(stale: Bool) -> [UInt8] { Array(",\"stale\":\(stale)}".utf8) }

    static let endings = [ending(stale: false), ending(stale: true)]

    private mutating func writeIdentity() {
        output.append(text: "{\"chain\":\"")
        facts.chain.append(to: &output)
        output.append(text: "\",\"contract\":\"")
        facts.contract.appendChecksummed(on: facts.chain, to: &output)
        output.append(text: "\",\"standard\":")
        output.append(jsonString: facts.standard?.rawValue)
        output.append(text: ",\"name\":")
        output.append(jsonString: facts.name ?? text(ContractField.name))
        output.append(text: ",\"symbol\":")
        output.append(jsonString: facts.symbol ?? text(ContractField.symbol))
        output.append(text: ",\"total_supply\":")
        output.append(jsonString: facts.totalSupply?.decimal)
        output.append(text: ",\"contract_uri\":")
        output.append(jsonString: facts.contractURI)
    }

    private mutating func writeView() {
        output.append(text: ",\"description\":")
        output.append(jsonString: text(ContractField.description))
        output.append(text: ",\"image\":")
        output.append(jsonString: fields.first(of: ContractField.image, media.url(of:)))
        output.append(text: ",\"banner_image\":")
        output.append(jsonString: fields.first(of: ContractField.banner, media.url(of:)))
        output.append(text: ",\"featured_image\":")
        output.append(jsonString: fields.first(of: ContractField.featured, media.url(of:)))
        output.append(text: ",\"external_link\":")
        output.append(jsonString: text(ContractField.externalLink))
        output.append(text: ",\"collaborators\":[")
        for (index, address) in collaborators.enumerated() {
            output.append(text: index > 0 ? ",\"" : "\"")
            address.appendChecksummed(on: facts.chain, to: &output)
            output.append(text: "\"")
        }
        output.append(text: "]")
    }

    private func text(_ names: [String]) -> String? {
        fields.first(of: names) { value in
            guard let text = value.string?.trimmingBlanks(), !text.isEmpty else { return nil }
            return text
        }
    }

    /// Those that are addresses, as the ERC has it, whatever the case of their letters.
    private var collaborators: [ContractAddress] {
        guard let list = fields[ContractField.collaborators] else { return [] }
        return list.elements.compactMap { $0.string.flatMap { try? ContractAddress(parsing: $0.lowercased()) } }
    }
}

/// The members of ERC-7572 documents, under all the names they go by.
private enum ContractField {
    static let name = ["name", "title"]
    static let symbol = ["symbol"]
    static let description = ["description"]
    static let image = ["image", "image_url", "imageUrl", "image_data", "logo"]
    static let banner = ["banner_image", "banner_image_url", "bannerImage", "bannerImageUrl", "banner"]
    static let featured = ["featured_image", "featured_image_url", "featuredImage", "featuredImageUrl"]
    static let externalLink = ["external_link", "external_url", "externalLink", "externalUrl"]
    static let collaborators = "collaborators"

    static let known = Set(
        name + symbol + description + image + banner + featured + externalLink + [collaborators])
}
