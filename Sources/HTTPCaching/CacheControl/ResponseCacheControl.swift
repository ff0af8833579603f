/// The directives of a response that have a meaning for a shared cache (RFC 9111, section 5.2.2; RFC 5861; RFC 8246).
///
/// What is repeated or malformed counts in the direction of caution: a directive that forbids is obeyed whatever stands
/// beside it, one that permits only when it is well formed, and an unreadable lifetime is none at all (section 4.2.1).
public struct ResponseCacheControl: Sendable, Hashable {
    /// Section 5.2.2.5.
    public var noStore = false
    /// Section 5.2.2.7; also when it names fields: a shared cache that kept the rest would have to know those.
    public var isPrivate = false
    /// Section 5.2.2.4; also when it names fields.
    public var noCache = false
    /// Section 5.2.2.2.
    public var mustRevalidate = false
    /// Section 5.2.2.8.
    public var proxyRevalidate = false
    /// Section 5.2.2.3.
    public var mustUnderstand = false
    /// Section 5.2.2.9.
    public var isPublic = false
    /// RFC 8246.
    public var immutable = false
    /// Seconds, at most 2^31; 0 when it is there and cannot be read (section 5.2.2.1).
    public var maxAge: Int64?
    /// Seconds, likewise (section 5.2.2.10).
    public var sharedMaxAge: Int64?
    /// Seconds (RFC 5861, section 3).
    public var staleWhileRevalidate: Int64?
    /// Seconds (RFC 5861, section 4).
    public var staleIfError: Int64?

    /// The field is absent.
    public init() {}

    /// Reads all lines of `Cache-Control` as one list.
    public init(_ fields: HeaderFields) {
        for line in fields.lines where line.isNamed("cache-control") { line.value.withUnsafeBytes { add($0) } }
    }

    /// Reads a line of the field, borrowed for the call. Unknown directives are passed over (section 5.2.3).
    public mutating func add(_ field: UnsafeRawBufferPointer) {
        var reader = FieldReader(field)
        while let directive = reader.directive() {
            addProhibition(directive, reader)
            addPermission(directive, reader)
            addLimit(directive, reader)
        }
    }

    private mutating func addProhibition(_ directive: Directive, _ reader: FieldReader) {
        if directive.argument == .endless {
            // What stands behind an open quote cannot be seen; it may be this.
            noStore = true
        } else if reader.matches(directive.name, "no-store") {
            noStore = true
        } else if reader.matches(directive.name, "private") {
            isPrivate = true
        } else if reader.matches(directive.name, "no-cache") {
            noCache = true
        } else if reader.matches(directive.name, "must-revalidate") {
            mustRevalidate = true
        } else if reader.matches(directive.name, "proxy-revalidate") {
            proxyRevalidate = true
        } else if reader.matches(directive.name, "must-understand") {
            mustUnderstand = true
        }
    }

    private mutating func addPermission(_ directive: Directive, _ reader: FieldReader) {
        guard directive.argument == .none else { return }
        if reader.matches(directive.name, "public") {
            isPublic = true
        } else if reader.matches(directive.name, "immutable") {
            immutable = true
        }
    }

    private mutating func addLimit(_ directive: Directive, _ reader: FieldReader) {
        let seconds = Int64(reader.deltaSeconds(directive.argument) ?? 0)
        if reader.matches(directive.name, "max-age") {
            maxAge = min(seconds, maxAge ?? seconds)
        } else if reader.matches(directive.name, "s-maxage") {
            sharedMaxAge = min(seconds, sharedMaxAge ?? seconds)
        } else if reader.matches(directive.name, "stale-while-revalidate") {
            staleWhileRevalidate = min(seconds, staleWhileRevalidate ?? seconds)
        } else if reader.matches(directive.name, "stale-if-error") {
            staleIfError = min(seconds, staleIfError ?? seconds)
        }
    }
}

extension ResponseCacheControl {
    /// Whether a stale response must not be used without asking (RFC 9111, section 4.2.4). s-maxage implies
    /// proxy-revalidate (section 5.2.2.10).
    var forbidsStale: Bool { mustRevalidate || proxyRevalidate || sharedMaxAge != nil }

    /// Whether a response to a request with Authorization may be shared (section 3.5).
    var allowsAuthorized: Bool { isPublic || mustRevalidate || sharedMaxAge != nil }
}
