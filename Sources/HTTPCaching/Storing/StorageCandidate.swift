/// A response that may be stored, and all that this depends on (RFC 9111, section 3).
struct StorageCandidate {
    let method: String
    let facts: RequestFacts
    let url: ResourceURL?
    let response: ReceivedResponse
    let rules: CachingRules
    private let policy: CachingPolicy
    /// Which part of a representation a 206 brings; nil when that cannot be stored.
    let partial: PartialExtent?

    init(method: String, facts: RequestFacts, url: ResourceURL?, response: ReceivedResponse, rules: CachingRules) {
        self.method = method
        self.facts = facts
        self.url = url
        self.response = response
        self.rules = rules
        policy = CachingPolicy(response.fields)
        partial = PartialContent.extent(of: response, bodyLength: nil)
    }

    /// Why it is not stored; nil when it may be.
    var refusal: StorageRefusal? {
        switch rules.mode {
        case .origin: refusalForAll ?? refusalByOrigin
        case .override(let lifetimes): refusalForAll ?? refusalByRoute(lifetimes)
        }
    }

    /// What forbids storing whoever decides about lifetimes.
    private var refusalForAll: StorageRefusal? {
        if Statuses.areNeverStored(response.status), !isKeptByRoute { return .status }
        if response.status == 206, partial == nil { return .partial }
        if rules.honoursRequestDirectives, facts.cacheControl.noStore { return .requestNoStore }
        return nil
    }

    /// The route's word counts, but what is for one client stays with that client.
    private func refusalByRoute(_ lifetimes: OverrideLifetimes) -> StorageRefusal? {
        guard method == "GET" else { return .method }
        if response.fields.contains("set-cookie") { return .setCookie }
        return lifetimes.lifetime(of: response.status) == nil ? .status : nil
    }

    /// The conditions of section 3 in its order.
    private var refusalByOrigin: StorageRefusal? {
        let directives = policy.directives
        guard isGET || isReusablePOST else { return .method }
        if directives.mustUnderstand {
            // Section 5.2.2.3: no-store is there for those who do not know this directive.
            guard Statuses.areUnderstood(response.status) else { return .mustUnderstand }
        } else if directives.noStore {
            return .noStore
        }
        if directives.isPrivate { return .private }
        if facts.hasAuthorization, !directives.allowsAuthorized { return .authorization }
        guard allowsStoring else { return .noFreshness }
        if Vary.names(in: response.fields.values(of: "vary")) == .any { return .varyAny }
        return response.fields.contains("set-cookie") && !rules.storesSetCookie ? .setCookie : nil
    }

    private var isGET: Bool { method == "GET" }

    /// Section 3, last condition: something says that the response is for storing.
    private var allowsStoring: Bool {
        hasExplicitFreshness || policy.directives.isPublic || Statuses.areHeuristicallyCacheable(response.status)
            || response.status == 206
    }

    private var hasExplicitFreshness: Bool { FreshnessLifetime(response, policy).basis == .explicit }

    /// RFC 9110, section 9.3.3: the answer to a POST is what a later GET would get, when it says for how long and that
    /// its content is this URL's.
    private var isReusablePOST: Bool {
        guard method == "POST", let url, (200..<300).contains(response.status), response.status != 206 else {
            return false
        }
        guard hasExplicitFreshness, let location = response.fields["content-location"] else { return false }
        return url.resolving(location) == url
    }

    /// Whether the route has a lifetime for the status, though origins may not ask for that.
    private var isKeptByRoute: Bool {
        guard case .override(let lifetimes) = rules.mode else { return false }
        return lifetimes.lifetime(of: response.status) != nil
    }
}
