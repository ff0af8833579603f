/// A view of one value within a checked JSON text.
public struct JSONValue: Sendable {
    public enum Kind: Hashable, Sendable {
        case object
        case array
        case string
        case number
        case boolean
        case null
    }

    let bytes: [UInt8]
    /// Where the value lies in the document's bytes.
    public let range: Range<Int>

    public var kind: Kind {
        switch bytes[range.lowerBound] {
        case JSONByte.openBrace: .object
        case JSONByte.openBracket: .array
        case JSONByte.quote: .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The value as it is written.
    public var text: ArraySlice<UInt8> { bytes[range] }

    public var isNull: Bool { kind == .null }

    /// The string without quotes and escapes; nil for other kinds. Surrogates without a partner become U+FFFD.
    public var string: String? {
        unescaped.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The UTF-8 bytes of the string without quotes and escapes; nil for other kinds.
    public var unescaped: [UInt8]? {
        guard kind == .string else { return nil }
        let content = bytes[range.lowerBound + 1..<range.upperBound - 1]
        return content.contains(JSONByte.backslash) ? unescapeJSON(content) : Array(content)
    }

    /// The boolean; nil for other kinds.
    public var boolean: Bool? {
        kind == .boolean ? bytes[range.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// A number written as a plain integer that fits; nil for everything else.
    public var integer: Int64? {
        guard kind == .number else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    /// The members of an object in their order, duplicates included; empty for other kinds.
    public var members: JSONMembers { JSONMembers(of: self) }

    /// The elements of an array in their order; empty for other kinds.
    public var elements: JSONElements { JSONElements(of: self) }

    /// The value of a member; of duplicates the last, as JavaScript and JSONB have it.
    public subscript(key: String) -> JSONValue? {
        var found: JSONValue?
        for member in members where member.hasKey(key) { found = member.value }
        return found
    }
}

/// One member of an object.
public struct JSONMember: Sendable {
    public let key: JSONValue
    public let value: JSONValue

    /// The key without escapes.
    public var name: String { key.string ?? "" }

    func hasKey(_ name: String) -> Bool {
        let content = key.bytes[key.range.lowerBound + 1..<key.range.upperBound - 1]
        guard content.contains(JSONByte.backslash) else { return content.elementsEqual(name.utf8) }
        return unescapeJSON(content).elementsEqual(name.utf8)
    }
}
