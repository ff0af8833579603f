/// The conditional fields of a GET or HEAD request, evaluated in the order of RFC 9110, section 13.2.2.
///
/// A field that stands on several lines is handed over as one value, its lines joined by commas.
public struct Preconditions {
    /// What the conditions come to.
    public enum Verdict: Sendable, Hashable {
        /// Answer as if there were no conditions.
        case proceed
        /// 304: the client holds this representation.
        case notModified
        /// 412: the client wanted another one.
        case failed
    }

    // Safe: lent by the caller for one evaluation; never kept.
    public var ifMatch: UnsafeRawBufferPointer?
    public var ifUnmodifiedSince: UnsafeRawBufferPointer?
    public var ifNoneMatch: UnsafeRawBufferPointer?
    public var ifModifiedSince: UnsafeRawBufferPointer?

    public init(
        ifMatch: UnsafeRawBufferPointer? = nil,
        ifUnmodifiedSince: UnsafeRawBufferPointer? = nil,
        ifNoneMatch: UnsafeRawBufferPointer? = nil,
        ifModifiedSince: UnsafeRawBufferPointer? = nil
    ) {
        self.ifMatch = ifMatch
        self.ifUnmodifiedSince = ifUnmodifiedSince
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
    }

    /// Evaluates the conditions against the representation that would be sent.
    ///
    /// - Parameters:
    ///   - current: the representation's validators.
    ///   - now: seconds since 1970.
    public func evaluate(against current: Validators, now: Int64) -> Verdict {
        if let ifMatch {
            guard matches(ifMatch, current, comparing: .strong) else { return .failed }
        } else if let ifUnmodifiedSince, let modified = current.lastModified,
            let date = HTTPDate.seconds(parsing: ifUnmodifiedSince, now: now), modified > date
        {
            return .failed
        }
        if let ifNoneMatch {
            let isHeld =
                current.entityTag == nil
                ? EntityTag.isAnything(ifNoneMatch) : matches(ifNoneMatch, current, comparing: .weak)
            return isHeld ? .notModified : .proceed
        }
        if let ifModifiedSince, let modified = current.lastModified ?? current.date,
            let date = HTTPDate.seconds(parsing: ifModifiedSince, now: now), modified <= date
        {
            return .notModified
        }
        return .proceed
    }

    private func matches(
        _ field: UnsafeRawBufferPointer, _ current: Validators, comparing comparison: EntityTag.Comparison
    ) -> Bool {
        guard let tag = current.entityTag else { return false }
        return EntityTag.list(field, contains: tag, comparing: comparison)
    }
}
