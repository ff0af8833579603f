import EventLoops
public import Tokens

/// Everything an operator can set: one value, read once and swapped whole on reload.
public struct Configuration: Sendable {
    public var server: Server
    public var admin: Admin
    public var cache: Cache
    public var archive: Archive
    /// In the order of the file.
    public var chains: [Chain]
    public var gateways: Gateways
    /// In the order in which they are asked.
    public var sources: [Source]
    public var content: Content
    public var upstream: Upstream
    public var collections: [Collection]
    public var specialContracts: [SpecialContract]
    /// In the order of the file.
    public var routes: [Route]
    public var dropIn: DropIn
    public var warming: [Warming]
    public var sessions: Sessions
    public var log: Log
    public var watchdog: Watchdog
    public var telemetry: Telemetry

    /// The public listener.
    public struct Server: Sendable {
        public var listen: ListenAddress
        /// How clients reach the public API, without a slash at the end; `nil` when answers may not point at it.
        public var publicURL: String?
        /// 0 means one for each processor.
        public var eventLoops: Int
        public var maximumConnections: Int
        public var timeouts: Timeouts
        public var limits: Limits
        /// `["*"]` allows every origin, without credentials.
        public var allowedOrigins: [String]
        /// Numeric addresses, and ranges in CIDR form, of the proxies in front.
        public var trustedProxies: [String]
        public var rateLimit: RateLimit

        /// Per client; 0 requests per second means no limit.
        public struct RateLimit: Sendable {
            public var requestsPerSecond: Int
            public var burst: Int
        }

        public struct Timeouts: Sendable {
            public var header: Duration
            public var body: Duration
            public var idle: Duration
            public var write: Duration
            /// How long a client waits for an answer; the fetch goes on without it.
            public var request: Duration
            public var drain: Duration
        }

        public struct Limits: Sendable {
            public var requestLine: ByteCount
            public var headers: ByteCount
            public var headerCount: Int
            public var body: ByteCount
        }
    }

    /// The admin listener.
    public struct Admin: Sendable {
        public var listen: ListenAddress
        /// Empty: generated at first start and kept in ``tokenFile``.
        public var token: String
        public var tokenFile: String
        public var isMetricsPublic: Bool
    }

    /// Lifetimes, and the tiers in front of the archive.
    public struct Cache: Sendable {
        public var ttl: Duration
        public var ttlJitterPercent: Int
        public var staleWhileRevalidate: Duration
        public var staleIfError: Duration
        /// Of documents whose location determines their bytes.
        public var immutableTTL: Duration
        public var placeholderTTL: Duration
        public var negativeTTL: Duration
        public var malformedTTL: Duration
        public var refusedTTL: Duration
        public var errorTTL: Duration
        /// Up to how many times its lifetime a passing answer is kept when it comes again and again.
        public var ttlGrowth: Int
        /// The least time between two refreshes of one token that clients ask for.
        public var refreshCooldown: Duration
        /// What browsers and the CDN in front may keep an answer for, at most.
        public var browserTTL: Duration
        public var cdnTTL: Duration
        /// Whether answers about tokens and contracts carry `Vercel-Cache-Tag`.
        public var hasVercelTags: Bool
        public var memory: Memory
        public var redis: Redis

        public struct Memory: Sendable {
            public var size: ByteCount
            public var ttl: Duration
            public var maximumEntry: ByteCount
        }

        public struct Redis: Sendable {
            /// Empty: no Redis.
            public var url: String
            public var keyPrefix: String
            public var connectTimeout: Duration
            public var timeout: Duration
            /// Longer values are compressed when that helps.
            public var compressionThreshold: ByteCount
            /// A PEM file with the authorities to believe with TLS; empty: the system's.
            public var authorities: String
        }
    }

    /// The durable tier.
    public struct Archive: Sendable {
        public var url: String
        public var connections: Int
        public var batchRows: Int
        public var batchInterval: Duration
        /// How long a row that nobody fetches is kept; nil for ever.
        public var retention: Duration?
        public var outbox: Outbox
        /// The folder with `postgres/` and `sqlite/`.
        public var migrations: String
    }

    /// How much may wait in Redis for the archive.
    public struct Outbox: Sendable {
        public var rows: Int
        public var bytes: ByteCount
        public var age: Duration
    }

    /// A chain tokens live on.
    public struct Chain: Sendable {
        public var name: String
        /// The EIP-155 number.
        public var id: UInt64
        /// JSON-RPC endpoints, in the order of preference.
        public var rpc: [Endpoint]
        public var batching: Batching
        public var events: Events

        public init(
            name: String, id: UInt64, rpc: [Endpoint], batching: Batching = Batching(), events: Events = Events()
        ) {
            self.name = name
            self.id = id
            self.rpc = rpc
            self.batching = batching
            self.events = events
        }
    }

    /// An operator's own upstream: a URL, and fields that may hold secrets.
    public struct Endpoint: Sendable {
        public var url: String
        public var headers: [(name: String, value: String)]
        public var weight: Int

        public init(url: String, headers: [(name: String, value: String)] = [], weight: Int = 1) {
            self.url = url
            self.headers = headers
            self.weight = weight
        }
    }

    public struct Gateways: Sendable {
        public var ipfs: [Endpoint]
        public var arweave: [Endpoint]
    }

    /// What is served by its address, through the gateways.
    public struct Content: Sendable {
        public var ipfs: Bool
        public var ipns: Bool
        public var arweave: Bool
        /// How long content that cannot change is kept.
        public var ttl: Duration
        /// How long is believed, at most, what a name leads to.
        public var nameTTL: Duration
        /// The largest that is served.
        public var maximumBody: ByteCount
        /// The largest that is kept.
        public var maximumEntry: ByteCount
    }

    /// How to behave towards everything we fetch from.
    public struct Upstream: Sendable {
        /// When the next gateway is asked beside one that has not answered.
        public enum Hedge: Sendable, Hashable {
            /// When the one asked first takes longer than 95 % of its answers did lately.
            case percentile95
            case after(Duration)
            case off
        }

        public var connectTimeout: Duration
        public var timeout: Duration
        public var maximumBody: ByteCount
        public var retries: Int
        public var hedge: Hedge
        public var connectionsPerHost: Int
        public var allowPrivateNetworks: Bool
        public var allowHosts: [String]
        public var denyHosts: [String]
    }

    /// An override for one contract.
    public struct Collection: Sendable {
        public var chain: String
        public var contract: String
        public var ttl: Duration?
        public var isDisabled: Bool
        /// Names of the sources that its tokens have, in order; empty for those of everybody.
        public var sources: [String]
        /// Asked before all others for content of its tokens.
        public var gateway: Endpoint?
    }

    /// A contract whose tokens' documents are not where the contract says, or which says nothing.
    public struct SpecialContract: Sendable {
        public var chain: String
        public var contract: String
        /// With `{token_id}`, `{id}` and `{contract}`.
        public var uri: String
        public var standard: TokenStandard?
    }

    /// Paths that answer in the shapes of providers' APIs.
    public struct DropIn: Sendable {
        public var isAlchemyServed: Bool
        public var isOpenSeaServed: Bool
        /// What clients must send as their API key; empty: any key will do, and none.
        public var keys: [String]
    }

    public struct Log: Sendable {
        public enum Level: String, CaseIterable, Sendable {
            case debug, info, warning, error
        }

        public enum Format: String, CaseIterable, Sendable {
            case json, text
        }

        public var level: Level
        public var format: Format
        public var isAccessLogged: Bool
    }
}

/// Where a listener listens: `0.0.0.0:8080`, `[::]:8080`, `127.0.0.1:0`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads an IP address and a port; names are refused, because a listener on a name is a surprise.
    public init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard let address = SocketAddress(numericHost: host, port: port), isBracketed == (address.family == .ipv6)
        else {
            return nil
        }
        self.init(host: host, port: port)
    }

    var address: SocketAddress? { SocketAddress(numericHost: host, port: port) }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
