/// What storing and reusing look at of a request.
public struct RequestFacts: Sendable, Hashable {
    public var cacheControl: RequestCacheControl
    /// Whether the request carries Authorization (RFC 9111, section 3.5), or is as much somebody's by other means.
    public var hasAuthorization: Bool

    public init(cacheControl: RequestCacheControl, hasAuthorization: Bool) {
        self.cacheControl = cacheControl
        self.hasAuthorization = hasAuthorization
    }

    /// Reads them from a request's fields.
    public init(_ fields: HeaderFields) {
        self.init(
            cacheControl: RequestCacheControl(fields), hasAuthorization: fields.contains("authorization"))
    }
}
