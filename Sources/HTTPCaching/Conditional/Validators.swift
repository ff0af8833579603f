/// What a stored representation can be compared by.
public struct Validators {
    // Safe: lent by the caller for one evaluation; never kept.
    /// The entity tag with its quotes; nil when the representation has none.
    public var entityTag: UnsafeRawBufferPointer?
    /// Seconds since 1970; nil when unknown.
    public var lastModified: Int64?

    public init(entityTag: UnsafeRawBufferPointer?, lastModified: Int64?) {
        self.entityTag = entityTag
        self.lastModified = lastModified
    }
}
