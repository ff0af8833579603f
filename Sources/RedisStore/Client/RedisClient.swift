public import EventLoops

/// A Redis as its users see it: commands in, replies out, each within a deadline. What is behind the URL — one server,
/// the master that sentinels name, or a cluster — makes no difference to them.
///
/// The client connects when it is first used, and from then on tries to stay connected by itself. While it is
/// not, calls fail at once instead of waiting, except for the short time in which a connection that ended in good order
/// is replaced. It lives on one loop; calls from there cost no hop.
public actor RedisClient {
    private enum Backend {
        case node(ServerNode)
        case cluster(ClusterRouter)
    }

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public nonisolated let options: Options
    private nonisolated let plan: ConnectionPlan
    private let ledger: ClientLedger
    private let backend: Backend
    private var isClosed = false

    /// Makes a client that does nothing yet.
    ///
    /// - Parameters:
    ///   - onEvent: called on the loop when the connection comes about or is lost, or the server refuses commands.
    /// - Throws: ``RedisError/refused(_:)`` when the file of trusted certificates cannot be read.
    public init(
        url: RedisURL, options: Options = Options(), loop: EventLoop, resolver: AddressResolver,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(RedisError) {
        let plan = try ConnectionPlan(url, options: options, loop: loop, resolver: resolver)
        self.init(plan, onEvent)
    }

    private init(_ plan: ConnectionPlan, _ onEvent: @escaping @Sendable (Event) -> Void) {
        self.plan = plan
        options = plan.options
        loop = plan.loop
        let ledger = ClientLedger(on: plan.loop, onEvent)
        self.ledger = ledger
        let url = plan.url
        switch url.deployment {
        case .server:
            let dialer = RedisDialer(
                url.endpoints[0], plan, credentials: url.credentials, database: url.database)
            backend = .node(ServerNode(dialer, plan, ledger))
        case .sentinels(let master):
            backend = .node(ServerNode(SentinelDialer(plan, master: master), plan, ledger))
        case .cluster:
            backend = .cluster(ClusterRouter(plan, ledger))
        }
    }

    isolated deinit {
        shutDown()
    }

    /// Another client of the same Redis with connections of its own: for commands that block.
    public nonisolated func sibling() -> RedisClient {
        RedisClient(plan, { _ in })
    }

    /// How the client has fared.
    public var statistics: Statistics {
        var statistics = ledger.statistics
        statistics.fault =
            switch backend {
            case .node(let node): node.fault
            case .cluster(let cluster): cluster.fault
            }
        return statistics
    }

    /// Whether there is a connection. Asking a client that was never used makes it connect.
    public var isReachable: Bool {
        if isClosed { return false }
        switch backend {
        case .node(let node):
            node.wake()
            return node.isReady
        case .cluster(let cluster):
            return cluster.isReady
        }
    }

    /// Sends one command and answers its reply. As ``pipeline(_:within:)``.
    public func run(_ command: RedisCommand, within limit: Duration? = nil) async throws(RedisError) -> RedisReply {
        guard let reply = try await pipeline([command], within: limit).first else { throw .malformed("no reply") }
        return reply
    }

    /// Sends commands in one piece and answers their replies in the same order. They may run interleaved with those of
    /// others, and when the call fails any number of them may have run. In a cluster each node gets a piece, and
    /// commands for different nodes run in any order; a transaction from `MULTI` to `EXEC` stays whole, so its keys
    /// must lie in one slot.
    ///
    /// - Parameter limit: how long to wait; without it, as long as the options say. A shorter one costs only this
    ///   caller the replies, a longer one lets commands block.
    /// - Returns: one reply for each command. A server's error is a reply; only those that say that the server is of no
    ///   use to anybody now (loading, without its master, credentials refused) are thrown.
    public func pipeline(
        _ commands: [RedisCommand], within limit: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        ledger.statistics.commands += commands.count
        do throws(RedisError) {
            if isClosed { throw .closed }
            let limit = limit ?? options.timeout
            switch backend {
            case .node(let node): return try await node.exchange(commands, within: limit)
            case .cluster(let cluster): return try await cluster.exchange(commands, within: limit)
            }
        } catch {
            ledger.statistics.failures += 1
            if error == .timedOut { ledger.statistics.timeouts += 1 }
            throw error
        }
    }

    /// Drops the connections; what is under way fails, and new connections are made.
    public func reset() {
        switch backend {
        case .node(let node): node.reset()
        case .cluster(let cluster): cluster.reset()
        }
    }

    /// Ends everything for good; what is under way fails with ``RedisError/closed``.
    public func close() {
        shutDown()
    }

    private func shutDown() {
        isClosed = true
        switch backend {
        case .node(let node): node.close()
        case .cluster(let cluster): cluster.close()
        }
    }
}
