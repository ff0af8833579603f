/// What an answer makes invalid (RFC 9111, section 4.4).
public enum Invalidation {
    /// The URLs whose stored responses no longer count after an answer: the request's own, and those that Location and
    /// Content-Location name on the same origin.
    ///
    /// - Parameters:
    ///   - method: as in the request; methods are told apart by case.
    ///   - status: of the answer. An error changed nothing.
    ///   - url: of the request.
    ///   - fields: of the answer. A reference that cannot be read is passed over.
    /// - Returns: each URL once; none for safe methods and for errors.
    public static func targets(method: String, status: Int, url: ResourceURL, fields: HeaderFields) -> [ResourceURL] {
        guard !isSafe(method), (200...399).contains(status) else { return [] }
        var targets = [url]
        for name in ["Location", "Content-Location"] {
            for reference in fields.values(of: name) {
                guard let other = url.resolving(reference), other.hasSameOrigin(as: url), !targets.contains(other)
                else {
                    continue
                }
                targets.append(other)
            }
        }
        return targets
    }

    /// Whether a method is registered as safe (RFC 9110, section 9.2.1). One that is not known may change anything.
    public static func isSafe(_ method: String) -> Bool { safeMethods.contains(method) }

    /// RFC 9110, section 9.3; RFC 3253, section 3.6 (REPORT); RFC 4918, section 9.1 (PROPFIND); RFC 5323 (SEARCH);
    /// RFC 9113, section 3.4 (PRI); and QUERY, which is defined as a GET with a body.
    private static let safeMethods: Set<String> = [
        "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "PRI", "QUERY",
    ]
}
