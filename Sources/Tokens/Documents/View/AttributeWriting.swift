/// Writes a document's attributes, whatever their shape, as one array of trait type, value and display type.
///
/// A value is a string, number or boolean as the document spells it, or null; arrays and objects become their JSON text.
struct AttributeWriting {
    /// More attributes than any real token has; the document itself keeps them all.
    static let countLimit = 4096

    private let token: TokenIdentifier
    private var output: [UInt8]
    private var count = 0

    private init(appendingTo output: [UInt8], of token: TokenIdentifier) {
        self.token = token
        self.output = output
    }

    /// Appends the array; an empty one for a document without attributes.
    static func append(_ fields: MetadataFields, of token: TokenIdentifier, to output: inout [UInt8]) {
        // The array moves in and out, so that appending never copies it.
        var writing = AttributeWriting(appendingTo: output, of: token)
        output = []
        writing.output.append(JSONByte.openBracket)
        for name in MetadataField.attributes where writing.count == 0 {
            if let value = fields[name] { writing.appendAll(of: value) }
        }
        if writing.count == 0, let properties = fields[MetadataField.properties] {
            writing.appendProperties(properties, of: fields)
        }
        writing.output.append(JSONByte.closeBracket)
        output = writing.output
    }

    private mutating func appendAll(of value: JSONValue) {
        switch value.kind {
        case .array:
            for element in value.elements { appendElement(element) }
        case .object:
            for member in value.members { append(member) }
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
        guard !members.isEmpty else {
            // Such as {"Mouth":"Grin"}.
            for member in element.members { append(member) }
            return
        }
        let type = Self.typeNames.lazy.compactMap { members[$0] }.first
        let value = Self.valueNames.lazy.compactMap { members[$0] }.first
        append(type: type, value: value, display: members["display_type"] ?? members["displayType"])
    }

    private static let typeNames = ["trait_type", "traitType", "name", "key", "type"]
    private static let valueNames = ["value", "trait_value", "description"]
    private static let elementMembers = Set(typeNames + valueNames + ["display_type", "displayType"])

    /// A trait by its name: a value, or an object that holds one beside how to show it.
    private mutating func append(_ member: JSONMember) {
        guard let value = member.value["value"] else {
            return append(type: member.key, value: member.value, display: nil)
        }
        append(type: member.key, value: value, display: member.value["display_type"])
    }

    /// The `properties` of ERC-1155.
    private mutating func appendProperties(_ properties: JSONValue, of fields: MetadataFields) {
        guard properties.kind == .object else { return appendAll(of: properties) }
        for member in properties.members where !Self.isStructural(member, in: fields) { append(member) }
    }

    /// Whether a property describes files and creators, or stands for a field that the document has nowhere else.
    private static func isStructural(_ member: JSONMember, in fields: MetadataFields) -> Bool {
        switch member.name {
        case "files", "creators", "category": true
        case "name", "description", "image", "external_url": member.value.kind == .object || fields[member.name] == nil
        default: false
        }
    }

    private mutating func append(type: JSONValue?, value: JSONValue?, display: JSONValue?) {
        guard count < Self.countLimit else { return }
        if count > 0 { output.append(JSONByte.comma) }
        count += 1
        output.append(text: "{\"trait_type\":")
        output.append(label: type, of: token)
        output.append(text: ",\"value\":")
        append(value)
        output.append(text: ",\"display_type\":")
        output.append(label: display, of: token)
        output.append(JSONByte.closeBrace)
    }

    private mutating func append(_ value: JSONValue?) {
        switch value?.kind {
        case .string: output.append(label: value, of: token)
        case .number, .boolean: output.append(contentsOf: value?.text ?? [])
        case .object, .array: output.append(jsonString: String(decoding: value?.text ?? [], as: UTF8.self))
        case .null, nil: output.append(text: "null")
        }
    }
}

extension [UInt8] {
    /// Appends a string as it is written, a number as a string, and `null` for everything else. A token's number takes
    /// the place of `{id}`, in every value (ERC-1155, metadata).
    mutating func append(label value: JSONValue?, of token: TokenIdentifier) {
        guard let value, value.kind == .string || value.kind == .number else { return append(text: "null") }
        let isNumber = value.kind == .number
        if isNumber { append(JSONByte.quote) }
        append(contentsOf: IdentifierTemplate.fill(text: value.text, with: token))
        if isNumber { append(JSONByte.quote) }
    }
}
