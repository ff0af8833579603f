/// A dictionary of structured fields (RFC 9651, section 3.2), parsed by section 4.2: as a whole or not at all.
struct StructuredDictionary: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        let key: [UInt8]
        var value: StructuredValue
    }

    /// In the order of their first appearance. Of a repeated key the last value counts.
    let members: [Member]

    /// More members than any field of use has; beyond them a field counts as malformed.
    static let maximumMembers = 256

    var isEmpty: Bool { members.isEmpty }

    subscript(_ key: String) -> StructuredValue? {
        members.first { $0.key.elementsEqual(key.utf8) }?.value
    }

    /// Parses the lines of a field as one list (section 4.2); nil when any of it is malformed.
    init?(lines: [[UInt8]]) {
        let combined = Array(lines.joined(separator: [ASCII.comma, ASCII.space]))
        guard let members = combined.withUnsafeBytes({ Self.parse($0) }) else { return nil }
        self.members = members
    }

    /// Section 4.2.2.
    private static func parse(_ bytes: UnsafeRawBufferPointer) -> [Member]? {
        var reader = FieldReader(bytes)
        var members: [Member] = []
        reader.skipSpaces()
        while !reader.isAtEnd {
            guard let key = reader.structuredKey(), let value = reader.structuredMemberValue() else { return nil }
            if let position = members.firstIndex(where: { $0.key == key }) {
                members[position].value = value
            } else {
                guard members.count < maximumMembers else { return nil }
                members.append(Member(key: key, value: value))
            }
            reader.skipWhiteSpace()
            if reader.isAtEnd { return members }
            guard reader.take(ASCII.comma) else { return nil }
            reader.skipWhiteSpace()
            // A comma must have something behind it.
            guard !reader.isAtEnd else { return nil }
        }
        return members
    }
}

extension FieldReader {
    /// Structured fields know white space of spaces alone where a list is not concerned.
    fileprivate mutating func skipSpaces() {
        while take(ASCII.space) {}
    }

    /// A member's value and its parameters; true when there is no `=`.
    fileprivate mutating func structuredMemberValue() -> StructuredValue? {
        guard take(ASCII.equals) else { return structuredParameters() ? .item(.boolean(true)) : nil }
        if next == UInt8(ascii: "(") { return structuredInnerList() ? .innerList : nil }
        guard let item = structuredItem() else { return nil }
        return structuredParameters() ? .item(item) : nil
    }

    /// Section 4.2.1.2: moves over an inner list and its parameters.
    private mutating func structuredInnerList() -> Bool {
        guard take("(") else { return false }
        while !isAtEnd {
            skipSpaces()
            if take(")") { return structuredParameters() }
            guard structuredItem() != nil, structuredParameters() else { return false }
            guard next == ASCII.space || next == UInt8(ascii: ")") else { return false }
        }
        return false
    }

    /// Section 4.2.3.2: moves over parameters, which may be none.
    private mutating func structuredParameters() -> Bool {
        while take(ASCII.semicolon) {
            skipSpaces()
            guard structuredKey() != nil else { return false }
            if take(ASCII.equals), structuredItem() == nil { return false }
        }
        return true
    }
}
