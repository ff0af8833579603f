/// `If-Range` (RFC 9110, section 13.1.5): whether a range may be taken from the representation at hand.
public enum RangeCondition {
    /// Whether `field` names exactly the representation that would be sent, so that `Range` counts.
    ///
    /// A tag is compared strongly. A date must equal `Last-Modified`, which must lie at least a second back: within
    /// that second the representation could have changed twice.
    ///
    /// - Parameters:
    ///   - field: the value of `If-Range`; borrowed for the call.
    ///   - current: the representation's validators.
    ///   - now: seconds since 1970.
    public static func holds(_ field: UnsafeRawBufferPointer, for current: Validators, now: Int64) -> Bool {
        if let tag = current.entityTag, EntityTag.equal(field, tag, comparing: .strong) { return true }
        guard let modified = current.lastModified, modified < now else { return false }
        return HTTPDate.seconds(parsing: field, now: now) == modified
    }
}
