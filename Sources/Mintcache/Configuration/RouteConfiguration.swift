extension Configuration {
    /// One path of ours with an upstream behind it.
    public struct Route: Sendable {
        public var name: String
        /// Begins and ends with `/`.
        public var path: String
        public var upstream: RouteUpstream
        /// Added to a client's fields, or put in place of those with the same name. May be secret.
        public var requestHeaders: [(name: String, value: String)]
        /// Until the head of the upstream's answer.
        public var timeout: Duration
        /// Between two pieces of a body, either way.
        public var idleTimeout: Duration
        public var maximumRequestBody: ByteCount
        /// Whether the upstream sees the client's `Host` in place of its own.
        public var preservesHost: Bool
        /// How often a request that got no answer is repeated.
        public var retries: Int
        public var cache: Cache
        public var auth: Auth
        /// Of one wallet, with a burst on top; 0 for no limit.
        public var walletRateLimit: Server.RateLimit

        /// Whether requests need a session.
        public enum Auth: String, CaseIterable, Sendable {
            /// Sessions are not looked at.
            case none
            /// Whoever has one is named to the upstream.
            case optional
            /// Nobody else gets through.
            case required
        }

        /// What a route's cache may do.
        public struct Cache: Sendable {
            public enum Mode: String, CaseIterable, Sendable {
                /// The origin's fields rule, as RFC 9111 says.
                case origin
                /// The route's lifetimes rule.
                case `override`
                /// Nothing is kept.
                case off
            }

            public enum RequestDirectives: String, CaseIterable, Sendable {
                case honour, ignore
            }

            public var mode: Mode
            /// Override mode: of answers 2xx and 3xx.
            public var ttl: Duration
            /// Override mode: of 404 and 410.
            public var negativeTTL: Duration
            /// Override mode: of every other answer; zero lets none be reused.
            public var errorTTL: Duration
            /// Override mode: by status, ahead of the other three; classes are spelled out.
            public var ttlByStatus: [Int: Duration]
            /// What the route permits; zero leaves it to the origin.
            public var staleWhileRevalidate: Duration
            /// What the route permits; zero leaves it to the origin.
            public var staleIfError: Duration
            /// Lower-case names of request fields that answers differ by, although the origin does not say so.
            public var vary: [String]
            /// Lower-case names of request fields that are part of the key.
            public var keyHeaders: [String]
            /// Names of query parameters that are not part of the key; `*` at the end stands for any ending.
            public var ignoredQuery: [String]
            /// Override mode: methods beside GET and HEAD whose answers are kept, with the request's body in the key.
            public var methods: [String]
            public var requestDirectives: RequestDirectives
            /// Origin mode: whether an answer with `Set-Cookie` may be kept.
            public var storesSetCookie: Bool
            public var exposesKey: Bool
            /// With sessions: whether each wallet has answers of its own.
            public var isPerWallet: Bool
            /// The largest body that is kept.
            public var maximumEntry: ByteCount
        }
    }
}
