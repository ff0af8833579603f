/// The directives of a request's `Cache-Control` that have a meaning here (RFC 9111, section 5.2.1).
public struct RequestCacheControl: Sendable, Hashable {
    /// Answer from a cache or with 504 (section 5.2.1.7).
    public private(set) var onlyIfCached = false
    /// Do not keep the answer (section 5.2.1.5).
    public private(set) var noStore = false
    /// The greatest age the client takes, in seconds (section 5.2.1.1).
    public private(set) var maxAge: Int?
    /// The freshness that must be left, in seconds (section 5.2.1.3).
    public private(set) var minFresh: Int?
    /// How long past its freshness the client takes an answer, in seconds; `Int.max` for ever (section 5.2.1.2).
    public private(set) var maxStale: Int?
    private var hasNoCache = false
    private var isPresent = false
    private var hasPragma = false

    /// The field is absent.
    public init() {}

    /// Reads one field value, borrowed for the call.
    public init(_ field: UnsafeRawBufferPointer) { add(field) }

    /// Reads `Cache-Control` and `Pragma` of a request.
    public init(_ fields: HeaderFields) {
        for line in fields.lines {
            if line.isNamed("cache-control") {
                line.value.withUnsafeBytes { add($0) }
            } else if line.isNamed("pragma") {
                line.value.withUnsafeBytes { add(pragma: $0) }
            }
        }
    }

    /// Do not answer without asking the origin (section 5.2.1.4). `Pragma: no-cache` says so, too, where there is no
    /// `Cache-Control` (section 5.4).
    public var noCache: Bool { hasNoCache || hasPragma && !isPresent }

    /// Reads a further line of the field, borrowed for the call.
    ///
    /// Unknown directives and malformed elements are passed over; of what is repeated the most demanding counts.
    public mutating func add(_ field: UnsafeRawBufferPointer) {
        isPresent = true
        var reader = FieldReader(field)
        while let directive = reader.directive() {
            guard directive.argument != .malformed else { continue }
            if reader.matches(directive.name, "only-if-cached") {
                onlyIfCached = true
            } else if reader.matches(directive.name, "no-cache") {
                hasNoCache = true
            } else if reader.matches(directive.name, "no-store") {
                noStore = true
            } else {
                addLimit(directive, reader)
            }
        }
    }

    /// Reads a line of `Pragma`, borrowed for the call.
    public mutating func add(pragma field: UnsafeRawBufferPointer) {
        var reader = FieldReader(field)
        while let directive = reader.directive() {
            if reader.matches(directive.name, "no-cache"), directive.argument == .none { hasPragma = true }
        }
    }

    private mutating func addLimit(_ directive: Directive, _ reader: FieldReader) {
        let seconds = reader.deltaSeconds(directive.argument)
        if reader.matches(directive.name, "max-age"), let seconds {
            maxAge = min(seconds, maxAge ?? seconds)
        } else if reader.matches(directive.name, "min-fresh"), let seconds {
            minFresh = max(seconds, minFresh ?? seconds)
        } else if reader.matches(directive.name, "max-stale") {
            guard let limit = directive.argument == .none ? .max : seconds else { return }
            maxStale = min(limit, maxStale ?? limit)
        }
    }
}
