/// A single byte range of a `Range` field (RFC 9110, section 14.1.2) against a representation's length.
public enum ByteRange: Sendable, Hashable {
    /// The field does not count: answer 200 with everything.
    ///
    /// So with another unit than bytes, with several ranges, and with what is no range at all.
    case ignore
    /// Answer 206 with these bytes, at least one.
    case partial(Range<Int>)
    /// Answer 416: the range begins past the end.
    case unsatisfiable

    /// Reads `field` for a representation of `length` bytes.
    ///
    /// - Parameter field: the value of `Range`; borrowed for the call.
    public init(_ field: UnsafeRawBufferPointer, length: Int) {
        self = Self.parse(field, length: length) ?? .ignore
    }

    private static func parse(_ field: UnsafeRawBufferPointer, length: Int) -> Self? {
        var reader = FieldReader(field)
        guard reader.matches(reader.token(), "bytes"), reader.take(ASCII.equals) else { return nil }
        reader.skipListPadding()
        let first = reader.number(limit: .max)
        guard reader.take(ASCII.hyphen) else { return nil }
        let last = reader.number(limit: .max)
        reader.skipListPadding()
        guard reader.isAtEnd else { return nil }
        switch (first, last) {
        case (nil, nil): return nil
        case (nil, let suffix?): return tail(of: suffix, length: length)
        case (let first?, nil): return part(from: first, through: .max, length: length)
        case (let first?, let last?): return first <= last ? part(from: first, through: last, length: length) : nil
        }
    }

    private static func tail(of suffix: Int, length: Int) -> Self {
        guard suffix > 0 else { return .unsatisfiable }
        // An empty representation satisfies every suffix, but no 206 can describe it.
        guard length > 0 else { return .ignore }
        return .partial(max(0, length - suffix)..<length)
    }

    private static func part(from first: Int, through last: Int, length: Int) -> Self {
        guard first < length else { return .unsatisfiable }
        return .partial(first..<(min(last, length - 1) + 1))
    }
}

extension FieldReader {
    /// Moves over the white space and the empty elements that a list may have (RFC 9110, section 5.6.1.2).
    fileprivate mutating func skipListPadding() {
        skipWhiteSpace()
        while take(ASCII.comma) { skipWhiteSpace() }
    }
}
