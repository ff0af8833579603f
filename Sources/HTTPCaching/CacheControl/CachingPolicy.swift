/// What an origin says about storing and reusing one response, wherever it says so.
struct CachingPolicy: Sendable, Hashable {
    let directives: ResponseCacheControl
    /// Whether the directives are for this cache alone, so that Expires does not count (RFC 9213, section 2.2).
    let isTargeted: Bool

    init(_ fields: HeaderFields) {
        let targeted = TargetedCacheControl.directives(in: fields)
        directives = targeted ?? ResponseCacheControl(fields)
        isTargeted = targeted != nil
    }
}
