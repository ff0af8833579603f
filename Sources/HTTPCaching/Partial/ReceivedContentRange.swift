/// What a `Content-Range` says (RFC 9110, section 14.4).
enum ReceivedContentRange {
    /// Reads `bytes 0-99/1234` or `bytes 0-99/*`; nil for anything else, for other units, and for a range that cannot be.
    static func extent(_ field: [UInt8]) -> PartialExtent? {
        field.withUnsafeBytes { bytes in
            var reader = FieldReader(bytes)
            // No offset may reach Int.max, or the byte behind the last would have none.
            guard reader.matches(reader.token(), "bytes"), reader.take(ASCII.space),
                let first = reader.number(limit: .max), reader.take(ASCII.hyphen),
                let last = reader.number(limit: .max), reader.take(ASCII.slash),
                first <= last, last < .max
            else { return nil }
            if reader.take(ASCII.asterisk) {
                return reader.isAtEnd ? PartialExtent(first: first, last: last, complete: nil) : nil
            }
            guard let complete = reader.number(limit: .max), reader.isAtEnd, last < complete else { return nil }
            return PartialExtent(first: first, last: last, complete: complete)
        }
    }
}
