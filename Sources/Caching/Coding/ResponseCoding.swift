import HTTPCaching

/// The binary form of an upstream's response in the shared tier.
///
/// ```
/// "MR"  version  presence  flags (2)  status (2)
/// requestTime  responseTime  initialAge  lifetime  staleWhileRevalidate  staleIfError  date       each 8 bytes
/// lastModified                                                       where there is one, 8 bytes
/// first, last, and the complete length where that is known            of a part, each 8 bytes
/// purgeSequence                                                      where there is one, 8 bytes
/// key  variant  entity tag                                           each: length (4 bytes), bytes
/// number of field lines (4 bytes), each: name, value                 each: length (4 bytes), bytes
/// body                                                               length (4 bytes), bytes
/// CRC-32 of everything before (4 bytes)
/// ```
/// Numbers are little-endian. `presence` has a bit for each thing that may be missing. Stores are not trusted: what
/// decodes was checked field by field and can go into an answer as it is.
public enum ResponseCoding {
    /// The version this release writes, and the only one it reads.
    public static let version: UInt8 = 2
    /// The longest value, in bytes.
    public static let maximumLength = 64 << 20
    /// The most field lines, and the most bytes that their names and values may have together.
    static let maximumLines = 1_024
    static let maximumFieldBytes = 1 << 20
    /// Times and lifetimes in seconds: as far as ages are counted (RFC 9111, section 1.2.2).
    static let seconds: ClosedRange<Int64> = 0...(1 << 31)
    /// Seconds since 1970, from the year 1 to the year 9999.
    static let dates: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    struct Presence: OptionSet {
        let rawValue: UInt8
        static let lastModified = Self(rawValue: 1)
        static let entityTag = Self(rawValue: 2)
        static let part = Self(rawValue: 4)
        static let completeLength = Self(rawValue: 8)
        static let purge = Self(rawValue: 16)
    }

    private static let form = StoredValue(
        magic: Array("MR".utf8), version: version, maximumLength: maximumLength)

    /// The bytes of `response`, which answers requests for the URL of `key`. What concerns one connection is left out.
    ///
    /// Nil when it is larger than what is read back.
    ///
    /// - Parameter threshold: responses longer than this are compressed, when that makes them shorter.
    public static func encode(
        _ response: CachedResponse, key: [UInt8], compressingAbove threshold: Int? = nil
    ) -> [UInt8]? {
        let head = response.head
        let lines = head.fields.lines.filter { !$0.concernsConnection }
        let variant = head.variant.encoded
        let fieldBytes = lines.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        let fixed = 256 + lines.count * 8 + key.count + variant.count + (head.entityTag?.count ?? 0)
        guard lines.count <= maximumLines, fieldBytes <= maximumFieldBytes,
            fixed + fieldBytes + response.body.count <= maximumLength
        else { return nil }
        let capacity = fixed + fieldBytes + response.body.count
        return form.sealing(capacity: capacity, compressingAbove: threshold) { output in
            append(head, purge: response.purgeSequence != nil, to: &output)
            if let purge = response.purgeSequence { output.append(number: purge) }
            output.append(block: key)
            output.append(block: variant)
            output.append(block: head.entityTag ?? [])
            output.append(number: UInt32(lines.count))
            for line in lines {
                output.append(block: line.name.utf8)
                output.append(block: line.value)
            }
            output.append(block: response.body.bytes)
        }
    }

    /// The response that `bytes` encode, if it is one for the URL of `key`.
    public static func decode(_ bytes: [UInt8], key: [UInt8]) throws(StoredValueError) -> CachedResponse {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(StoredValueError) in
                try form.opening(buffer) { value throws(StoredValueError) in
                    var reader = ResponseReader(value)
                    return try reader.response(key: key)
                }
            }
        }
        return try result.get()
    }

    /// The fields of fixed length.
    private static func append(_ head: StoredHead, purge: Bool, to output: inout [UInt8]) {
        output.append((purge ? presence(of: head).union(.purge) : presence(of: head)).rawValue)
        output.append(number: head.flags.rawValue)
        output.append(number: UInt16(clamping: head.status))
        for time in [head.requestTime, head.responseTime] {
            output.append(number: time.clamped(to: StoredValueReader.times))
        }
        for interval in [head.initialAge, head.lifetime, head.staleWhileRevalidate, head.staleIfError] {
            output.append(number: interval.clamped(to: seconds))
        }
        output.append(number: head.date.clamped(to: dates))
        if let lastModified = head.lastModified { output.append(number: lastModified.clamped(to: dates)) }
        guard let part = head.partial else { return }
        output.append(number: Int64(part.first))
        output.append(number: Int64(part.last))
        if let complete = part.complete { output.append(number: Int64(complete)) }
    }

    private static func presence(of head: StoredHead) -> Presence {
        var presence: Presence = []
        if head.lastModified != nil { presence.insert(.lastModified) }
        if head.entityTag != nil { presence.insert(.entityTag) }
        if let part = head.partial {
            presence.insert(.part)
            if part.complete != nil { presence.insert(.completeLength) }
        }
        return presence
    }
}

extension Int64 {
    fileprivate func clamped(to bounds: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, bounds.lowerBound), bounds.upperBound)
    }
}
