/// The value of `Content-Range` (RFC 9110, section 14.4).
public enum ContentRange {
    /// The longest value, in bytes.
    public static let maximumLength = 72

    /// Writes `bytes 0-99/1234` for a 206.
    ///
    /// - Parameters:
    ///   - range: the bytes that are sent; not empty.
    ///   - length: of the whole representation.
    ///   - buffer: at least ``maximumLength`` bytes.
    /// - Returns: how many bytes were written.
    public static func write(
        _ range: Range<Int>, of length: Int, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(!range.isEmpty, "an empty range has no last byte")
        var writer = FieldWriter(buffer, atMost: maximumLength)
        writer.append("bytes ")
        writer.append(decimal: Int64(range.lowerBound))
        writer.append(ASCII.hyphen)
        writer.append(decimal: Int64(range.upperBound - 1))
        writer.append("/")
        writer.append(decimal: Int64(length))
        return writer.count
    }

    /// Writes `bytes */1234` for a 416.
    ///
    /// - Returns: how many bytes were written.
    public static func writeUnsatisfied(length: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var writer = FieldWriter(buffer, atMost: maximumLength)
        writer.append("bytes */")
        writer.append(decimal: Int64(length))
        return writer.count
    }
}
