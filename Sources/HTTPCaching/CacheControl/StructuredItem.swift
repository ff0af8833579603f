/// A bare item of a structured field (RFC 9651, section 3.3).
enum StructuredItem: Sendable, Hashable {
    case integer(Int64)
    case decimal
    /// Without its quotes and escapes.
    case string([UInt8])
    case token([UInt8])
    case byteSequence
    case boolean(Bool)
    case date(Int64)
    case displayString
}

/// The value of a dictionary's member. Parameters are read and forgotten: none has a meaning here.
enum StructuredValue: Sendable, Hashable {
    case item(StructuredItem)
    case innerList
}
