/// Writes a document's attributes, whatever their shape, as one array of trait type, value and display type.
struct AttributeWriting {
    /// More attributes than any real token has; the document itself keeps them all.
    static let countLimit = 4096

    private var output: [UInt8]
    private var count = 0

    private init(appendingTo output: [UInt8]) {
        self.output = output
    }

    /// Appends the array; an empty one for a document without attributes.
    static func append(_ fields: MetadataFields, to output: inout [UInt8]) {
        // The array moves in and out, so that appending never copies it.
        var writing = AttributeWriting(appendingTo: output)
        output = []
        writing.output.append(JSONByte.openBracket)
        for name in MetadataField.attributes where writing.count == 0 {
            if let value = fields[name] { writing.appendAll(of: value) }
        }
        if writing.count == 0, let properties = fields[MetadataField.properties] {
            writing.appendProperties(properties)
        }
        writing.output.append(JSONByte.closeBracket)
        output = writing.output
    }

    private mutating func appendAll(of value: JSONValue) {
        switch value.kind {
        case .array:
            for element in value.elements { appendElement(element) }
        case .object:
            for member in value.members { append(type: member.key, value: member.value, display: nil) }
        case .string:
            // Some documents hold their attributes as JSON within a string.
            if let text = value.unescaped, let inner = try? JSONDocument(validating: text).root,
                inner.kind != .string
            {
                appendAll(of: inner)
            }
        case .number, .boolean, .null:
            break
        }
    }

    private mutating func appendElement(_ element: JSONValue) {
        guard element.kind == .object else {
            append(type: nil, value: element, display: nil)
            return
        }
        var members: [String: JSONValue] = [:]
        for member in element.members where Self.elementMembers.contains(member.name) {
            members[member.name] = member.value
        }
        let type = members["trait_type"] ?? members["traitType"] ?? members["name"] ?? members["key"] ?? members["type"]
        append(type: type, value: members["value"], display: members["display_type"] ?? members["displayType"])
    }

    private static let elementMembers: Set<String> = [
        "trait_type", "traitType", "name", "key", "type", "value", "display_type", "displayType",
    ]

    /// The `properties` of ERC-1155: values, or objects that hold one beside how to show it.
    private mutating func appendProperties(_ properties: JSONValue) {
        guard properties.kind == .object else { return appendAll(of: properties) }
        for member in properties.members where !Self.isStructural(member) {
            append(type: member.key, value: member.value["value"] ?? member.value, display: nil)
        }
    }

    /// Whether a property describes files and creators, or repeats the schema of a standard, rather than the token.
    private static func isStructural(_ member: JSONMember) -> Bool {
        switch member.name {
        case "files", "creators", "category": true
        case "name", "description", "image": member.value.kind == .object
        default: false
        }
    }

    private mutating func append(type: JSONValue?, value: JSONValue?, display: JSONValue?) {
        guard count < Self.countLimit else { return }
        if count > 0 { output.append(JSONByte.comma) }
        count += 1
        output.append(text: "{\"trait_type\":")
        output.append(label: type)
        output.append(text: ",\"value\":")
        if let value { output.append(contentsOf: value.text) } else { output.append(text: "null") }
        output.append(text: ",\"display_type\":")
        output.append(label: display)
        output.append(JSONByte.closeBrace)
    }
}

extension [UInt8] {
    /// Appends a string as it is written, a number as a string, and `null` for everything else.
    mutating func append(label value: JSONValue?) {
        guard let value, value.kind == .string || value.kind == .number else { return append(text: "null") }
        let isNumber = value.kind == .number
        if isNumber { append(JSONByte.quote) }
        append(contentsOf: value.text)
        if isNumber { append(JSONByte.quote) }
    }
}
