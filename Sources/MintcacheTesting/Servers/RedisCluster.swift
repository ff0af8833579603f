/// A Redis Cluster of a test's own: three masters, on request each with a replica, that find each other lost after
/// a second.
public final class RedisCluster: Sendable {
    /// The masters first.
    public let nodes: [RedisServer]
    private let options: RedisServer.Options

    private init(_ nodes: [RedisServer], _ options: RedisServer.Options) {
        self.nodes = nodes
        self.options = options
    }

    /// Starts the servers, makes them a cluster and waits until each of them finds it whole.
    public static func start(
        _ options: RedisServer.Options = RedisServer.Options(), withReplicas: Bool = false
    ) async throws -> RedisCluster {
        var nodes: [RedisServer] = []
        for _ in 0..<(withReplicas ? 6 : 3) {
            var own = options
            own.configuration += [
                "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-port \(try FreePort.next())",
                "cluster-node-timeout 1000",
            ]
            if options.usesTLS { own.configuration.append("tls-cluster yes") }
            nodes.append(try await RedisServer.start(own, certificate: nodes.first?.certificate))
        }
        let cluster = RedisCluster(nodes, options)
        try await cluster.create(withReplicas: withReplicas)
        return cluster
    }

    /// All nodes as seeds, or only some.
    public func url(seeds: Int? = nil, user: String? = nil, password: String? = nil) -> String {
        let scheme = options.usesTLS ? "rediss+cluster" : "redis+cluster"
        let places = nodes.prefix(seeds ?? nodes.count).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        let credentials = (password ?? options.password).map { "\(user ?? ""):\($0)@" } ?? ""
        return "\(scheme)://\(credentials)\(places)"
    }

    /// The node that has a key's slot, as the first living node says.
    public func owner(of key: String) async throws -> RedisServer {
        guard let slot = Int(try await nodes[0].command("CLUSTER", "KEYSLOT", key)) else {
            throw TestSupportError("no slot for \(key)")
        }
        return try await owner(of: slot)
    }

    /// The node that has a slot.
    public func owner(of slot: Int) async throws -> RedisServer {
        for node in nodes {
            let ranges =
                try await node.command("CLUSTER", "NODES").split(separator: "\n")
                .first { $0.contains("myself") }?.split(separator: " ").dropFirst(8) ?? []
            for range in ranges where !range.hasPrefix("[") {
                let bounds = range.split(separator: "-").compactMap { Int($0) }
                if let first = bounds.first, let last = bounds.last, (first...last).contains(slot) { return node }
            }
        }
        throw TestSupportError("no node has slot \(slot)")
    }

    /// The name by which the nodes know one of them.
    public func identifier(of node: RedisServer) async throws -> String {
        try await node.command("CLUSTER", "MYID")
    }

    /// Moves a slot with all its keys from one node to another.
    public func move(_ slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        try await beginMove(of: slot, from: source, to: target)
        let keys = try await source.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1000").split(separator: "\n")
        for key in keys {
            try await source.command("MIGRATE", "127.0.0.1", "\(target.port)", String(key), "0", "2000")
        }
        let name = try await identifier(of: target)
        for node in [target, source] + nodes.filter({ $0 !== target && $0 !== source }) {
            // Replicas hear of it from their masters.
            _ = try? await node.command("CLUSTER", "SETSLOT", "\(slot)", "NODE", name)
        }
    }

    /// Opens a slot for being moved: from then on the source sends who asks for a key it does not have to the target.
    public func beginMove(of slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        let (sourceName, targetName) = (try await identifier(of: source), try await identifier(of: target))
        try await target.command("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", sourceName)
        try await source.command("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", targetName)
    }

    public func stop() async throws {
        for node in nodes { try await node.stop() }
    }

    private func create(withReplicas: Bool) async throws {
        let places = nodes.map { "127.0.0.1:\($0.port)" }
        try await nodes[0].administer(
            ["--cluster", "create"] + places + ["--cluster-replicas", withReplicas ? "1" : "0", "--cluster-yes"])
        for node in nodes {
            try await eventually(within: .seconds(20), "the cluster is whole") {
                let information = try await node.command("CLUSTER", "INFO")
                return information.contains("cluster_state:ok") && information.contains("cluster_size:3")
            }
        }
    }
}
