/// A master, a replica and three sentinels of a test's own that watch them and take half a second of silence for death.
public final class RedisSentinels: Sendable {
    /// What the sentinels call the master.
    public static let masterName = "mymaster"

    /// The first begins as the master.
    public let servers: [RedisServer]
    public let sentinels: [RedisServer]
    private let options: RedisServer.Options
    private let sentinelPassword: String?

    private init(
        _ servers: [RedisServer], _ sentinels: [RedisServer], _ options: RedisServer.Options,
        _ sentinelPassword: String?
    ) {
        self.servers = servers
        self.sentinels = sentinels
        self.options = options
        self.sentinelPassword = sentinelPassword
    }

    /// Starts everything and waits until the sentinels know the replica and each other.
    public static func start(
        _ options: RedisServer.Options = RedisServer.Options(), sentinelPassword: String? = nil
    ) async throws -> RedisSentinels {
        let master = try await RedisServer.start(options)
        var replicaOptions = options
        replicaOptions.configuration += ["replicaof 127.0.0.1 \(master.port)", "repl-diskless-sync-delay 0"]
        let replica = try await RedisServer.start(replicaOptions, certificate: master.certificate)
        var own = RedisServer.Options()
        own.isSentinel = true
        own.usesTLS = options.usesTLS
        own.password = nil
        own.configuration = [
            "sentinel monitor \(masterName) 127.0.0.1 \(master.port) 2",
            "sentinel down-after-milliseconds \(masterName) 500", "sentinel failover-timeout \(masterName) 1000",
        ]
        if let password = options.password {
            own.configuration.append("sentinel auth-pass \(masterName) \(password)")
        }
        if let sentinelPassword {
            own.configuration += ["requirepass \(sentinelPassword)", "sentinel sentinel-pass \(sentinelPassword)"]
        }
        var sentinels: [RedisServer] = []
        for _ in 0..<3 { sentinels.append(try await RedisServer.start(own, certificate: master.certificate)) }
        let group = RedisSentinels([master, replica], sentinels, options, sentinelPassword)
        for sentinel in sentinels { try await group.waitUntilReady(sentinel) }
        return group
    }

    public var url: String {
        let scheme = options.usesTLS ? "rediss+sentinel" : "redis+sentinel"
        let places = sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        let credentials = options.password.map { ":\($0)@" } ?? ""
        let query = sentinelPassword.map { "?sentinel_password=\($0)" } ?? ""
        return "\(scheme)://\(credentials)\(places)/\(Self.masterName)/0\(query)"
    }

    public func stop() async throws {
        for server in sentinels + servers { try await server.stop() }
    }

    private func waitUntilReady(_ sentinel: RedisServer) async throws {
        try await eventually(within: .seconds(20), "the sentinel knows everybody") {
            let text = try await sentinel.command(
                as: sentinelPassword, ["SENTINEL", "MASTER", Self.masterName])
            let lines = text.split(separator: "\n").map(String.init)
            func value(_ name: String) -> String? {
                lines.firstIndex(of: name).flatMap { lines.indices.contains($0 + 1) ? lines[$0 + 1] : nil }
            }
            return value("num-slaves") == "1" && value("num-other-sentinels") == "2"
        }
    }
}
