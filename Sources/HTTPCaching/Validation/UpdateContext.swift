/// What else decides whether a response may still be stored once a newer one has updated it.
public struct UpdateContext: Sendable {
    /// The fields of the request that brought the newer response.
    public var requestFields: HeaderFields
    public var facts: RequestFacts
    public var url: ResourceURL?
    public var rules: CachingRules

    public init(requestFields: HeaderFields, facts: RequestFacts, url: ResourceURL?, rules: CachingRules) {
        self.requestFields = requestFields
        self.facts = facts
        self.url = url
        self.rules = rules
    }

    /// Whether it is the request that forbids storing what it brings (RFC 9111, sections 5.2.1.5 and 3.5). Then what is
    /// stored stays as it is: no client may empty a cache by asking for discretion.
    public var requestForbidsStoring: Bool {
        facts.hasAuthorization || rules.honoursRequestDirectives && facts.cacheControl.noStore
    }

    /// Decides anew whether to store an answer to GET with these fields, which came with `newer`.
    func decide(status: Int, fields: HeaderFields, newer: ReceivedResponse) -> StorageDecision {
        Storing.decide(
            method: "GET", requestFields: requestFields, facts: facts, url: url,
            response: ReceivedResponse(
                status: status, fields: fields, requestTime: newer.requestTime, responseTime: newer.responseTime),
            rules: rules)
    }
}
