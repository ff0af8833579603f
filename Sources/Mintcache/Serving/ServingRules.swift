import HTTPCaching
import HTTPServing
import Tokens

/// What the public listener goes by: immutable, swapped whole on reload.
final class ServingRules: Sendable {
    let chains: ChainDirectory
    let origins: CrossOriginRules
    let requestTimeout: Duration
    /// The largest body of a request that is answered here, in bytes.
    let bodyLimit: Int
    let refreshCooldown: Duration
    /// Bytes of tokens that wait to be written into one batch: eight of the largest that memory keeps.
    let batchBudget: Int
    /// Milliseconds.
    let errorTTL: Int64
    /// Seconds.
    let browserTTL: Int64
    let cdnTTL: Int64
    /// `, stale-while-revalidate=…, stale-if-error=…` with its line end.
    let staleDirectives: [UInt8]
    let isAccessLogged: Bool
    /// `nil` when nothing is traced.
    let tracer: Tracer?
    /// `nil` when there is no limit.
    let rateLimiter: RateLimiter<ClientKey>?
    let trustedProxies: TrustedProxies
    /// Contracts that are switched off here.
    let disabled: Set<CollectionKey>
    let routes: RouteTable
    let dropIn: DropInRules
    let content: ContentRoutes
    /// `nil` while sessions are not enabled.
    let sessions: SessionRules?

    init(_ configuration: Configuration, content: ContentRoutes, tracer: Tracer? = nil) {
        self.tracer = tracer
        chains = ChainDirectory(configuration.chains)
        origins = CrossOriginRules(configuration.server.allowedOrigins)
        requestTimeout = configuration.server.timeouts.request
        bodyLimit = configuration.server.limits.body.value
        let cache = configuration.cache
        batchBudget = 8 * cache.memory.maximumEntry.value
        refreshCooldown = cache.refreshCooldown
        errorTTL = cache.errorTTL.wholeMilliseconds
        browserTTL = cache.browserTTL.wholeMilliseconds / 1000
        cdnTTL = cache.cdnTTL.wholeMilliseconds / 1000
        let revalidate = cache.staleWhileRevalidate.wholeMilliseconds / 1000
        let onError = cache.staleIfError.wholeMilliseconds / 1000
        staleDirectives = Array(", stale-while-revalidate=\(revalidate), stale-if-error=\(onError)\r\n".utf8)
        isAccessLogged = configuration.log.isAccessLogged
        let limit = configuration.server.rateLimit
        rateLimiter = limit.requestsPerSecond > 0 ? RateLimiter(rate: limit.requestsPerSecond, burst: limit.burst) : nil
        trustedProxies = TrustedProxies(configuration.server.trustedProxies)
        routes = RouteTable(configuration.routes)
        dropIn = DropInRules(configuration)
        self.content = content
        sessions = SessionRules(configuration.sessions)
        let disabled = configuration.collections.filter(\.isDisabled)
        self.disabled = Set(disabled.compactMap { CollectionKey($0, in: configuration) })
    }
}

extension ServingRules {
    /// Why a token is not served though its address is right.
    func refusal(of reference: TokenReference) -> Problem? {
        guard !disabled.isEmpty else { return nil }
        let key = CollectionKey(chain: reference.chain, contract: reference.contract)
        return disabled.contains(key) ? .tokenNotFound("This collection is switched off here.") : nil
    }

    /// How long a client waits: what everybody gets, or less if it says so by `Prefer: wait`.
    func patience(of request: borrowing RequestHead) -> Duration {
        appliedWait(of: request).map { .seconds($0) } ?? requestTimeout
    }

    /// The `Prefer: wait` that counts, in seconds; nil when there is none, or one that asks for more time than
    /// everybody gets. Allocates nothing.
    func appliedWait(of request: borrowing RequestHead) -> Int? {
        guard request[.prefer] != nil else { return nil }
        var preference = WaitPreference()
        request.forEachValue(of: .prefer) { preference.add($0) }
        guard let seconds = preference.seconds, .seconds(seconds) <= requestTimeout else { return nil }
        return seconds
    }
}

/// Which web origins may read answers (Fetch standard, CORS protocol). Without credentials, unless it is said.
struct CrossOriginRules: Sendable {
    private let allowsAll: Bool
    private let allowsCredentials: Bool
    private let allowed: [[UInt8]]

    /// The header lines that every answer to an allowed origin carries, but for the origin itself.
    private static let exposed: StaticString =
        """
        Access-Control-Expose-Headers: ETag, Last-Modified, Age, Cache-Control, Cache-Status, Server-Timing, \
        X-Request-Id, Retry-After, Content-Range, Preference-Applied\r\n
        """

    init(_ origins: [String], allowsCredentials: Bool = false) {
        self.allowsCredentials = allowsCredentials
        allowsAll = origins.contains("*") && !allowsCredentials
        allowed = origins.map { Array($0.utf8) }
    }

    /// Writes the header lines for a request's origin. Allocates nothing.
    func write(for origin: UnsafeRawBufferPointer?, to writer: inout ResponseWriter) {
        if allowsAll {
            writer.write("Access-Control-Allow-Origin: *\r\n")
            writer.write(Self.exposed)
            return
        }
        // Answers differ by origin, so caches in between must know even when there was none.
        writer.write("Vary: Origin\r\n")
        guard let origin, allowed.contains(where: { origin.elementsEqual($0) }) else { return }
        writer.writeField("Access-Control-Allow-Origin", origin)
        if allowsCredentials { writer.write("Access-Control-Allow-Credentials: true\r\n") }
        writer.write(Self.exposed)
    }

    /// The same lines as octets, for heads that are put together before they are sent.
    func octets(for origin: String?) -> [UInt8] {
        if allowsAll { return Array("Access-Control-Allow-Origin: *\r\n\(Self.exposed)".utf8) }
        guard let origin, allowed.contains(where: { origin.utf8.elementsEqual($0) }) else {
            return Array("Vary: Origin\r\n".utf8)
        }
        return Array("Vary: Origin\r\nAccess-Control-Allow-Origin: \(origin)\r\n\(Self.exposed)".utf8)
    }
}
