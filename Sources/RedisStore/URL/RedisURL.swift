/// Where a Redis is and how to sign in:
///
/// ```
/// redis://user:password@host:port/database                                              one server
/// redis+cluster://user:password@host:port,host:port                                     some nodes of a cluster
/// redis+sentinel://user:password@host:port,host:port/master/database                    sentinels and a master's name
/// ```
/// With `rediss` in place of `redis` all connections use TLS.
public struct RedisURL: Sendable, Hashable, CustomStringConvertible {
    /// What is behind the addresses.
    public enum Deployment: Sendable, Hashable {
        case server
        /// Nodes of a cluster; any of them knows the others.
        case cluster
        /// Sentinels, which know where the master of this name is.
        case sentinels(master: String)
    }

    /// How to sign in.
    public struct Credentials: Sendable, Hashable {
        /// The account (Redis 6 and newer); nil for the default one.
        public let user: String?
        public let password: String
    }

    public static let defaultPort: UInt16 = 6379
    public static let defaultSentinelPort: UInt16 = 26379

    public let usesTLS: Bool
    public let deployment: Deployment
    /// At least one; one alone of a server.
    public let endpoints: [RedisEndpoint]
    /// For the servers that hold data.
    public let credentials: Credentials?
    /// For sentinels, by the query `?sentinel_username=…&sentinel_password=…`.
    public let sentinelCredentials: Credentials?
    public let database: Int

    /// Parses the form. User, password and a master's name may be percent-encoded.
    public init(parsing text: String) throws(RedisURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .character }
        guard let separator = text.firstRange(of: "://") else { throw .scheme }
        let form: Form
        (usesTLS, form) = try Self.scheme(text[..<separator.lowerBound])
        let (rest, query) = try Self.splitQuery(text[separator.upperBound...], of: form)
        // A password is often written with its / and @ as they are, so the addresses begin after the last @.
        let at = rest.lastIndex(of: "@")
        credentials = try Self.credentials(at.map { rest[..<$0] })
        sentinelCredentials = try Self.sentinelCredentials(query)
        let place = at.map { rest[rest.index(after: $0)...] } ?? rest
        let slash = place.firstIndex(of: "/") ?? place.endIndex
        endpoints = try Self.endpoints(place[..<slash], of: form)
        let path = place[slash...].dropFirst()
        switch form {
        case .server:
            deployment = .server
            database = try Self.database(path)
        case .cluster:
            deployment = .cluster
            database = try Self.database(path)
            guard database == 0 else { throw .clusterDatabase }
        case .sentinels:
            let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty else { throw .masterMissing }
            deployment = .sentinels(master: try Self.decode(name))
            database = try Self.database(parts.count == 2 ? parts[1] : "")
        }
    }

    public var user: String? { credentials?.user }
    public var password: String? { credentials?.password }
    /// The first host.
    public var host: String { endpoints[0].host }
    /// The first port.
    public var port: UInt16 { endpoints[0].port }

    /// The URL with `***` for passwords.
    public var description: String {
        let scheme = usesTLS ? "rediss" : "redis"
        let account = credentials.map { "\($0.user ?? ""):***@" } ?? ""
        let places = endpoints.map(\.description).joined(separator: ",")
        switch deployment {
        case .server: return "\(scheme)://\(account)\(places)/\(database)"
        case .cluster: return "\(scheme)+cluster://\(account)\(places)"
        case .sentinels(let master): return "\(scheme)+sentinel://\(account)\(places)/\(master)/\(database)"
        }
    }
}
