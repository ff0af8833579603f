import EventLoops
import HTTPServing
import Sessions

/// What signing in and sessions go by. There are none while sessions are not enabled.
final class SessionRules: Sendable {
    let signIn: SignInRules
    let terms: SessionTerms
    let nonceLifetime: Duration
    /// Whose pages may read answers, with credentials.
    let crossOrigin: CrossOriginRules
    let clients: RateLimiter<ClientKey>
    let wallets: RateLimiter<WalletAddress>
    /// Apart from those that keys sign in, whom nobody else can use up; and for each client apart, so that nobody uses up
    /// another's attempts.
    let contracts: RateLimiter<Pair>

    /// A client, and the contract in whose name it signs in.
    struct Pair: Hashable, Sendable {
        let client: ClientKey
        let wallet: WalletAddress
    }

    init?(_ sessions: Configuration.Sessions) {
        guard sessions.isEnabled else { return nil }
        signIn = SignInRules(
            domain: sessions.domain, origins: sessions.origins, chains: Set(sessions.chains),
            window: sessions.nonceTTL.inMilliseconds)
        terms = sessions.terms
        nonceLifetime = sessions.nonceTTL
        crossOrigin = CrossOriginRules(sessions.origins, allowsCredentials: true)
        clients = RateLimiter(perMinute: sessions.requestsPerMinute)
        wallets = RateLimiter(perMinute: sessions.signInsPerMinute)
        contracts = RateLimiter(perMinute: sessions.signInsPerMinute)
    }

    /// Throws unless a request comes from a page of ours. Browsers tell the page with everything but plain reading, and
    /// no page can lie about it (Fetch standard, `Origin`).
    func checkOrigin(of request: Request) throws(Problem) {
        let origins = request.withHead { head in
            var values: [String] = []
            head.forEachValue(of: .origin) { values.append(String(decoding: $0, as: UTF8.self)) }
            return values
        }
        guard origins.count == 1, signIn.origins.contains(origins[0]) else { throw .foreignOrigin }
    }
}

extension Configuration.Sessions {
    var terms: SessionTerms { SessionTerms(absolute: ttl.inMilliseconds, idle: idle.inMilliseconds) }
}
