/// Why bytes are not a record.
public enum RecordCodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another release wrote it; to be treated as if there were none.
    case unknownVersion(UInt8)
    /// It is not a record at all, or some of it is missing.
    case truncated
    /// The checksum does not fit the bytes.
    case damaged
    /// The checksum fits, but a field holds what no record of ours can; which one.
    case invalid(StaticString)
    /// It is longer than any record may be, in bytes.
    case tooLong(Int)

    public var description: String {
        switch self {
        case .unknownVersion(let version): "a record of version \(version), which this release does not read"
        case .truncated: "the record is truncated"
        case .damaged: "the record's checksum is wrong"
        case .invalid(let field): "the record's \(field) is invalid"
        case .tooLong(let count): "the record of \(count) bytes is too long"
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
