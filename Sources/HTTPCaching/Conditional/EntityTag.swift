/// Comparing entity tags as they stand in fields (RFC 9110, section 8.8.3), without allocating.
public enum EntityTag {
    /// How two tags are compared.
    public enum Comparison: Sendable, Hashable {
        /// Equal only when both are strong: the bytes are the same.
        case strong
        /// Equal when the quoted parts are: the meaning is the same.
        case weak
    }

    /// Whether the field value `field` of an `If-Match` or `If-None-Match` names `current`.
    ///
    /// `*` names everything. Of a malformed list the tags before the damage count.
    ///
    /// - Parameters:
    ///   - field: the field value; borrowed for the call.
    ///   - current: the tag of the representation at hand with its quotes; borrowed for the call.
    ///   - comparison: weak for `If-None-Match`, strong for `If-Match`.
    public static func list(
        _ field: UnsafeRawBufferPointer, contains current: UnsafeRawBufferPointer, comparing comparison: Comparison
    ) -> Bool {
        var currentReader = FieldReader(current)
        guard let tag = currentReader.entityTag(), currentReader.isAtEnd else { return false }
        if isAnything(field) { return true }
        var reader = FieldReader(field)
        reader.skipWhiteSpace()
        while !reader.isAtEnd {
            if !reader.take(ASCII.comma) {
                guard let candidate = reader.entityTag() else { return false }
                reader.skipWhiteSpace()
                guard reader.isAtEnd || reader.next == ASCII.comma else { return false }
                if candidate.equals(tag, comparing: comparison) { return true }
            }
            reader.skipWhiteSpace()
        }
        return false
    }

    /// Whether `field` is `*`, which names whatever there is, with a tag or without.
    static func isAnything(_ field: UnsafeRawBufferPointer) -> Bool {
        var reader = FieldReader(field)
        reader.skipWhiteSpace()
        guard reader.take(ASCII.asterisk) else { return false }
        reader.skipWhiteSpace()
        return reader.isAtEnd
    }

    /// Whether two tags, each with its quotes, are equal; a malformed tag equals nothing.
    public static func equal(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, comparing comparison: Comparison
    ) -> Bool {
        var firstReader = FieldReader(first)
        var secondReader = FieldReader(second)
        guard let one = firstReader.entityTag(), firstReader.isAtEnd,
            let other = secondReader.entityTag(), secondReader.isAtEnd
        else { return false }
        return one.equals(other, comparing: comparison)
    }
}

/// A tag inside a field value.
struct ParsedEntityTag {
    let isWeak: Bool
    // Safe: borrowed from the reader it came from and dropped before that reader's call ends.
    let opaque: UnsafeRawBufferPointer

    func equals(_ other: Self, comparing comparison: EntityTag.Comparison) -> Bool {
        if comparison == .strong, isWeak || other.isWeak { return false }
        return opaque.elementsEqual(other.opaque)
    }
}

extension FieldReader {
    /// Moves over an entity tag.
    mutating func entityTag() -> ParsedEntityTag? {
        let isWeak = take("W/")
        guard take(ASCII.quote) else { return nil }
        let opaque = run(while: ASCII.isEntityTagByte)
        guard take(ASCII.quote) else { return nil }
        return ParsedEntityTag(isWeak: isWeak, opaque: bytes(at: opaque))
    }
}
