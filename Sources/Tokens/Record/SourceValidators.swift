/// What a source names its copy of a document by, to ask later whether it is still the same (RFC 9110, section 8.8).
public struct SourceValidators: Sendable, Hashable {
    /// The value of `ETag` as it was received, quotes included.
    public var entityTag: String?
    /// The value of `Last-Modified` as it was received.
    public var lastModified: String?

    /// The longest value kept; a longer one is as good as none.
    private static let lengthLimit = 256

    /// Values that could not be sent back in a header line are dropped.
    public init(entityTag: String? = nil, lastModified: String? = nil) {
        self.entityTag = entityTag.flatMap(Self.usable)
        self.lastModified = lastModified.flatMap(Self.usable)
    }

    /// The source gave nothing to ask by.
    public static let none = SourceValidators()

    private static func usable(_ value: String) -> String? {
        let isSendable = value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isSendable && !value.isEmpty && value.utf8.count <= lengthLimit ? value : nil
    }
}
