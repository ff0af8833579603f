/// Dates inside JSON bodies (RFC 3339), to the second and in universal time.
public enum InternetTimestamp {
    /// The length of a timestamp, in bytes.
    public static let length = 20

    /// The time `seconds` after the start of 1970, such as `2026-01-02T03:04:05Z`.
    ///
    /// Times before 1970 or after 9999 are written as the nearest time between.
    public static func text(_ seconds: Int64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            let date = CivilDate(seconds: seconds)
            var writer = FieldWriter(UnsafeMutableRawBufferPointer(buffer), atMost: length)
            writer.append(UInt64(date.year), width: 4)
            writer.append(ASCII.hyphen)
            writer.append(UInt64(date.month), width: 2)
            writer.append(ASCII.hyphen)
            writer.append(UInt64(date.day), width: 2)
            writer.append("T")
            writer.append(timeOf: date)
            writer.append("Z")
            return writer.count
        }
    }
}
