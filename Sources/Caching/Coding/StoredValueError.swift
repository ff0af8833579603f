/// Why bytes from a store are not the value that they should be.
public enum StoredValueError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another release wrote it; to be treated as if there were none.
    case unknownVersion(UInt8)
    /// It is no such value at all, or some of it is missing.
    case truncated
    /// The checksum does not fit the bytes.
    case damaged
    /// The checksum fits, but a field holds what no value of ours can; which one.
    case invalid(StaticString)
    /// It is longer than any value may be, in bytes.
    case tooLong(Int)

    public var description: String {
        switch self {
        case .unknownVersion(let version): "a value of version \(version), which this release does not read"
        case .truncated: "the value is truncated"
        case .damaged: "the value's checksum is wrong"
        case .invalid(let field): "the value's \(field) is invalid"
        case .tooLong(let count): "the value of \(count) bytes is too long"
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
