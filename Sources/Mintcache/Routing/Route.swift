import EventLoops
import HTTPCaching
import Sessions
import Tokens

/// A route of the configuration, made ready for serving. A reload makes new ones.
final class Route: Sendable {
    /// What the route's cache may do.
    struct Caching: Sendable {
        let rules: CachingRules
        /// Lower-case names of request fields that answers differ by, although the origin does not say so.
        let varyFields: [String]
        /// Lower-case names of request fields that are part of the key; in override mode the only ones of a client's
        /// that are sent on.
        let keyFields: [String]
        let ignoredQuery: [QueryPattern]
        /// Methods beside GET and HEAD whose answers are kept, with the request's body in the key.
        let methods: [String]
        /// The largest request body that may be part of a key, in bytes; larger ones are passed through.
        static let maximumKeyedBody = 64 * 1024
        /// The largest body that is kept, in bytes.
        let maximumEntry: Int
        /// Whether `Cache-Status` shows the key.
        let exposesKey: Bool
        /// Whether wallets share answers where their origin says so: a request by one counts as authorized.
        let sharesBetweenWallets: Bool
        /// Whether each wallet has answers of its own: under keys that nobody can tell from their URL alone.
        let keepsWalletsApart: Bool
        /// Whether a request's URL is all that its key is made of, and nothing else has to be known of it.
        let hasPlainKeys: Bool
    }

    let name: String
    /// What its answers are stored under, beside their URLs: a route that leads elsewhere after a reload begins anew.
    let identity: String
    /// What a request's path begins with, ending with `/`.
    let prefix: [UInt8]
    /// Where its answers come from.
    let source: any AnswerOrigin
    /// What is put in place of fields of a client's. Secret.
    let requestFields: [FieldLine]
    /// Whether the upstream, or this proxy, has more than the route opens.
    let hasSurroundings: Bool
    /// Until the head of the upstream's answer.
    let timeout: Duration
    /// Between two pieces of a body, either way.
    let idleTimeout: Duration
    /// Bytes.
    let maximumRequestBody: Int
    let retries: Int
    /// `nil` when nothing is kept.
    let caching: Caching?
    /// Whether it has to be known who asks.
    let auth: Configuration.Route.Auth
    /// Requests of each wallet; `nil` when there is no limit.
    let wallets: RateLimiter<WalletAddress>?

    /// Those of ``caching``; the usual ones when nothing is kept.
    var rules: CachingRules { caching?.rules ?? CachingRules() }

    init(_ route: Configuration.Route) {
        name = route.name
        identity = Self.identity(route)
        prefix = Array(route.path.utf8)
        let upstream = UpstreamOrigin(route)
        source = upstream
        requestFields = upstream.requestFields
        hasSurroundings = prefix.count > 1 || upstream.basePath.count > 1
        timeout = route.timeout
        idleTimeout = route.idleTimeout
        maximumRequestBody = route.maximumRequestBody.value
        retries = route.retries
        caching = Caching(route.cache, auth: route.auth)
        auth = route.auth
        let limit = route.walletRateLimit
        wallets = limit.requestsPerSecond > 0 ? RateLimiter(rate: limit.requestsPerSecond, burst: limit.burst) : nil
    }

    /// A built-in one, for content by its address.
    ///
    /// - Parameter name: also the first part of its paths.
    init(content name: String, _ source: any AnswerOrigin, maximumEntry: Int, timeout: Duration) {
        self.name = name
        // No other route's: those end in a digest. Counts up when heads come to be written otherwise.
        identity = "\(name) content 1"
        prefix = Array("/\(name)/".utf8)
        self.source = source
        requestFields = []
        hasSurroundings = false
        self.timeout = timeout
        idleTimeout = timeout
        maximumRequestBody = 0
        retries = 0
        caching = Caching(content: maximumEntry)
        auth = .none
        wallets = nil
    }

    /// By a digest: an upstream's path may be secret.
    private static func identity(_ route: Configuration.Route) -> String {
        let digest = SHA256.hash(Array(route.upstream.origin.utf8) + route.upstream.path)
        return "\(route.name) " + Hex.text(digest.prefix(8))
    }
}

extension Route.Caching {
    /// What is stored goes by the rules that come with it.
    fileprivate init(content maximumEntry: Int) {
        rules = CachingRules(honoursRequestDirectives: true, storesSetCookie: false)
        varyFields = []
        keyFields = []
        ignoredQuery = []
        methods = []
        self.maximumEntry = maximumEntry
        exposesKey = false
        sharesBetweenWallets = false
        keepsWalletsApart = false
        hasPlainKeys = true
    }

    fileprivate init?(_ cache: Configuration.Route.Cache, auth: Configuration.Route.Auth) {
        let mode: CachingRules.Mode
        switch cache.mode {
        case .origin: mode = .origin
        case .override: mode = .override(OverrideLifetimes(cache))
        case .off: return nil
        }
        rules = CachingRules(
            mode: mode, honoursRequestDirectives: cache.requestDirectives == .honour,
            storesSetCookie: cache.storesSetCookie, staleWhileRevalidate: cache.staleWhileRevalidate.wholeMilliseconds,
            staleIfError: cache.staleIfError.wholeMilliseconds, varyFields: cache.vary)
        varyFields = cache.vary
        keyFields = cache.keyHeaders + (cache.isPerWallet ? [RouteVisitor.fieldName.lowercased()] : [])
        ignoredQuery = cache.ignoredQuery.map { QueryPattern($0) }
        methods = cache.methods
        maximumEntry = cache.maximumEntry.value
        exposesKey = cache.exposesKey
        keepsWalletsApart = cache.isPerWallet
        sharesBetweenWallets = auth != .none && !cache.isPerWallet && mode == .origin
        hasPlainKeys = keyFields.isEmpty && !exposesKey && auth == .none
    }
}

extension OverrideLifetimes {
    fileprivate init(_ cache: Configuration.Route.Cache) {
        self.init(
            document: cache.ttl.wholeMilliseconds, negative: cache.negativeTTL.wholeMilliseconds,
            redirect: cache.ttl.wholeMilliseconds, error: cache.errorTTL.wholeMilliseconds,
            byStatus: cache.ttlByStatus.mapValues(\.wholeMilliseconds))
    }
}
