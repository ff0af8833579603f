/// The directives of a request's `Cache-Control` that have a meaning here (RFC 9111, section 5.2.1).
public struct RequestCacheControl: Sendable, Hashable {
    /// Answer from a cache or with 504.
    public private(set) var onlyIfCached = false
    /// Do not answer without asking the origin.
    public private(set) var noCache = false
    /// Do not keep the answer.
    public private(set) var noStore = false
    /// The greatest age the client takes, in seconds.
    public private(set) var maxAge: Int?

    /// The field is absent.
    public init() {}

    /// Reads one field value, borrowed for the call.
    public init(_ field: UnsafeRawBufferPointer) { add(field) }

    /// Reads a further line of the field, borrowed for the call.
    ///
    /// Unknown directives and malformed elements are passed over; of two ages the smaller counts.
    public mutating func add(_ field: UnsafeRawBufferPointer) {
        var reader = FieldReader(field)
        while let directive = reader.directive() {
            if reader.matches(directive.name, "only-if-cached") {
                onlyIfCached = true
            } else if reader.matches(directive.name, "no-cache") {
                noCache = true
            } else if reader.matches(directive.name, "no-store") {
                noStore = true
            } else if reader.matches(directive.name, "max-age"), let age = reader.deltaSeconds(directive.argument) {
                maxAge = min(age, maxAge ?? age)
            }
        }
    }
}
