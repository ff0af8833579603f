/// What becomes of a response.
public enum StorageDecision: Sendable, Hashable {
    case store(StoredHead)
    case refuse(StorageRefusal)
}

/// Storing responses (RFC 9111, section 3).
public enum Storing {
    /// Decides whether a response is stored, and as what.
    ///
    /// - Parameters:
    ///   - method: of the request; GET, too, for one whose body is part of what its answers are found by.
    ///   - requestFields: for the fields that the response varies by.
    ///   - url: of the request; without it no answer to a POST is stored.
    ///   - response: its head as it came.
    ///   - rules: the route's.
    public static func decide(
        method: String, requestFields: HeaderFields, facts: RequestFacts, url: ResourceURL?,
        response: ReceivedResponse, rules: CachingRules
    ) -> StorageDecision {
        let candidate = StorageCandidate(method: method, facts: facts, url: url, response: response, rules: rules)
        if let refusal = candidate.refusal { return .refuse(refusal) }
        let head = StoredHead(
            response, requestFields: requestFields, rules: rules, partial: candidate.partial)
        return head.isOfUse ? .store(head) : .refuse(.noFreshness)
    }
}

extension StoredHead {
    /// Whether some later request could be answered with it.
    fileprivate var isOfUse: Bool {
        if flags.contains(.isOverride) {
            return lifetime > initialAge || staleWhileRevalidate > 0 || staleIfError > 0
        }
        if hasValidator { return true }
        if flags.contains(.noCache) { return false }
        let staleness = initialAge - lifetime
        if staleness < max(0, staleWhileRevalidate, staleIfError) { return true }
        // It is stale, but a client may take it so (section 5.2.1.2) unless its origin never meant it to be reused.
        return lifetime > 0 && !flags.contains(.mustRevalidate)
    }
}
