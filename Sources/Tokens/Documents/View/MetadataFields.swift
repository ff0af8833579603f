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

    /// What documents that copy the schema of ERC-1155 say of a property in its description: a text or a number.
    func inSchema(_ name: String) -> JSONValue? {
        guard let property = values[MetadataField.properties]?[name], property["type"] != nil,
            let description = property["description"], description.kind == .string || description.kind == .number
        else { return nil }
        return description
    }
}
