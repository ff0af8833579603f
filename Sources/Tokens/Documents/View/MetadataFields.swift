/// The members of a document under known names; of duplicates the last.
struct MetadataFields {
    private var values: [String: JSONValue] = [:]
    /// Whether there is a member that nothing but metadata has.
    private(set) var isUnmistakable = false

    /// Reads through what providers wrap documents in, as long as it does not have the looks of a document itself.
    init(_ root: JSONValue) {
        for layer in DocumentWrapper.layers(of: root) {
            guard !isUnmistakable else { return }
            add(layer)
        }
    }

    /// Reads members of other names; none where there is no document.
    init(_ root: JSONValue?, named names: Set<String>) {
        guard let root else { return }
        for member in root.members where !member.value.isNull {
            let name = member.name
            if names.contains(name) { values[name] = member.value }
        }
    }

    private mutating func add(_ root: JSONValue) {
        for member in root.members {
            let name = member.name
            guard MetadataField.known.contains(name), !member.value.isNull else { continue }
            values[name] = member.value
            isUnmistakable = isUnmistakable || MetadataField.unmistakable.contains(name)
        }
    }

    var isEmpty: Bool { values.isEmpty }

    /// The value of a member, unless it is missing or null.
    subscript(name: String) -> JSONValue? { values[name] }

    /// The first usable reading of any of the members, in the order of the names.
    func first<Result>(of names: [String], _ reading: (JSONValue) -> Result?) -> Result? {
        for name in names {
            if let result = values[name].flatMap(reading) { return result }
        }
        return nil
    }

    /// What the properties say of the token under a name: a text, an object with a value, or in documents that copy the
    /// schema of ERC-1155 one with a description.
    func property(_ name: String) -> JSONValue? {
        guard let property = values[MetadataField.properties]?[name] else { return nil }
        if property.kind == .string { return property }
        let text = property["value"] ?? (property["type"] == nil ? nil : property["description"])
        return text.flatMap { $0.kind == .string || $0.kind == .number ? $0 : nil }
    }
}
