/// Tells documents that stand for what is not revealed yet by how they look.
///
/// Collections that reveal their tokens later serve one document for all of them until then. Its name or its image says
/// so in a few words that all of them use.
public enum PlaceholderLook {
    private static let words = [
        "unrevealed", "not revealed", "notrevealed", "pre-reveal", "prereveal", "pre_reveal", "reveal soon",
        "hidden", "placeholder", "coming soon", "mystery box", "mysterybox",
    ]

    /// Whether a document's name or the last part of its image's path is that of a placeholder, or its attributes say
    /// that it is not revealed.
    public static func isPlaceholder(_ document: [UInt8]) -> Bool {
        guard let root = (try? JSONRepair.document(from: document))?.document.root, root.kind == .object else {
            return false
        }
        let fields = MetadataFields(root)
        let name = fields.first(of: MetadataField.name) { $0.string } ?? ""
        let image = fields.first(of: MetadataField.image) { $0.string } ?? ""
        return isTelling(name) || isTelling(fileName(of: image)) || saysUnrevealed(fields)
    }

    /// A name that is little more than such words; longer texts only mention them.
    private static func isTelling(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        let lowered = text.lowercased()
        return words.contains { word in
            guard let range = lowered.firstRange(of: word) else { return false }
            return isBoundary(lowered[..<range.lowerBound].last) && isBoundary(lowered[range.upperBound...].first)
        }
    }

    private static func isBoundary(_ character: Character?) -> Bool {
        character.map { !$0.isLetter } ?? true
    }

    private static func fileName(of uri: String) -> Substring {
        guard uri.utf8.count <= 2048, !uri.hasPrefix("data:") else { return "" }
        let path = uri.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last ?? ""
    }

    private static func saysUnrevealed(_ fields: MetadataFields) -> Bool {
        guard let attributes = fields.first(of: MetadataField.attributes, { $0.kind == .array ? $0 : nil })
        else { return false }
        return attributes.elements.prefix(8).contains { attribute in
            let trait = attribute["trait_type"]?.string?.lowercased() ?? ""
            guard trait == "revealed" || trait == "status" || trait == "reveal" else { return false }
            if attribute["value"]?.boolean == false { return trait != "status" }
            let value = attribute["value"]?.string?.lowercased() ?? ""
            return value == "unrevealed" || (trait == "revealed" && (value == "false" || value == "no"))
        }
    }
}
