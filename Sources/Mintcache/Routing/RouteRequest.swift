import Caching
import EventLoops
import HTTPCaching
import Synchronization
import UpstreamFetching

/// A client's request on a route, read once: all that the caches and the upstream need to know of it.
struct RouteRequest: Sendable {
    /// Names one request among those that wait.
    struct Identifier: Hashable, Sendable {
        private static let last = Atomic<UInt64>(0)
        private let number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// What becomes of it.
    enum Way: Sendable, Hashable {
        /// From the cache when possible, else by a fetch that others may share.
        case cached
        /// Straight to the upstream, for this reason.
        case passed(CacheStatus.ForwardReason)
    }

    let identifier = Identifier()
    let route: Route
    private(set) var method: String
    let url: ResourceURL
    /// What its answers are stored under.
    let key: [UInt8]
    /// As the upstream gets them: see ``RouteReading/fields``.
    private(set) var fields: HeaderFields
    private(set) var facts: RequestFacts
    let way: Way
    let body: ExchangeBody
    let deadline: MonotonicTime
    /// Takes 1xx answers, on the client's loop.
    let onInterim: @Sendable (Int, HeaderFields) -> Void
}

extension RouteRequest {
    var isHead: Bool { method == "HEAD" }

    /// Why the request goes to the upstream, for one that always does.
    var passReason: CacheStatus.ForwardReason {
        switch way {
        case .cached: .miss
        case .passed(let reason): reason
        }
    }

    /// Whether the request may be sent again when no answer came (RFC 9110, section 9.2.2).
    var isRepeatable: Bool {
        switch body {
        case .none: ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"].contains(method)
        case .bytes(let bytes): way == .cached || (bytes.isEmpty && method != "POST" && method != "PATCH")
        case .stream: false
        }
    }

    var range: [UInt8]? { method == "GET" ? fields["range"] : nil }

    /// The directives it is held to.
    var honoursDirectives: Bool { route.rules.honoursRequestDirectives }

    /// Whether a stored response has what is asked for: of a part, the range.
    func isAnswered(by response: CachedResponse) -> Bool {
        guard response.head.partial != nil else { return true }
        guard method == "GET" else { return false }
        return RangeAnswer(to: fields, from: response.head, bodyLength: response.body.count) != .missing
    }

    /// Whether a stored response may be its answer when the upstream gives none.
    func mayFallBack(on response: CachedResponse, at now: Int64) -> Bool {
        isAnswered(by: response)
            && response.head.mayStandIn(forErrorAt: now, request: facts, honouringDirectives: honoursDirectives)
    }

    /// The request for what was sent stale: without what only this client wanted of it. Whose credentials it carries
    /// stays known.
    var refreshing: RouteRequest {
        var request = self
        if isHead { request.method = "GET" }
        for name in ["range", "if-range", "cache-control", "pragma"] { request.fields.removeAll(named: name) }
        request.facts = RequestFacts(cacheControl: RequestCacheControl(), hasAuthorization: facts.hasAuthorization)
        return request
    }

    /// What updates of stored responses by this request's answers go by.
    var updateContext: UpdateContext {
        UpdateContext(requestFields: fields, facts: facts, url: url, rules: route.rules)
    }

    /// Whether its fetch may be another's, too. What was asked for by somebody in particular, or with conditions on the
    /// answer's way, is fetched for this one alone.
    var isShareable: Bool {
        guard way == .cached, !isHead, !facts.hasAuthorization else { return false }
        guard fields["if-match"] == nil, fields["if-unmodified-since"] == nil else { return false }
        guard honoursDirectives else { return true }
        let directives = facts.cacheControl
        return !directives.noCache && !directives.noStore && directives.maxAge == nil && directives.minFresh == nil
    }
}

/// What a fetch is shared by: the key, what is known to tell its variants apart, and the range asked for.
struct RouteFlightKey: Hashable, Sendable {
    private let octets: [UInt8]
    /// Of a fetch that is not shared.
    private let owner: RouteRequest.Identifier?

    /// - Parameter generation: numbers that change when what was stored under the key is invalidated or purged: who asks
    ///   afterwards must not board what began before.
    static func shared(_ request: RouteRequest, variant: VariantKey?, generation: (UInt64, UInt64)) -> RouteFlightKey {
        var octets = request.key
        withUnsafeBytes(of: generation) { octets += $0 }
        for part in [variant?.encoded ?? [], request.range ?? [], request.fields["if-range"] ?? []] {
            withUnsafeBytes(of: UInt32(clamping: part.count).littleEndian) { octets += $0 }
            octets += part
        }
        return RouteFlightKey(octets: octets, owner: nil)
    }

    static func alone(_ request: RouteRequest) -> RouteFlightKey {
        RouteFlightKey(octets: request.key, owner: request.identifier)
    }

    var isShared: Bool { owner == nil }

    /// Whether it is a fetch for this key.
    func isFor(_ key: [UInt8]) -> Bool { octets.starts(with: key) }
}
