/// What a stored representation can be compared by.
public struct Validators {
    // Safe: lent by the caller for one evaluation; never kept.
    /// The entity tag with its quotes; nil when the representation has none.
    public var entityTag: UnsafeRawBufferPointer?
    /// Seconds since 1970; nil when unknown.
    public var lastModified: Int64?
    /// When a stored response was made, in seconds since 1970: stands in for ``lastModified`` in If-Modified-Since (RFC
    /// 9111, section 4.3.2). Nil where the representation is not from a store.
    public var date: Int64?

    public init(entityTag: UnsafeRawBufferPointer?, lastModified: Int64?, date: Int64? = nil) {
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.date = date
    }
}
