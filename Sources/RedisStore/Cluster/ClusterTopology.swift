import EventLoops

/// Keeps the map of a cluster up to date: asks the nodes it knows, then those that the URL names. Confined to a loop.
final class ClusterTopology {
    private static let refreshInterval = Duration.seconds(1)

    private(set) var map: SlotMap?
    /// Why there is no map, or why it could not be read again.
    private(set) var fault: RedisError?
    private let plan: ConnectionPlan
    private let ledger: ClientLedger
    private let onChange: (SlotMap) -> Void
    private var schedule = ReconnectSchedule()
    private var lastRefresh: MonotonicTime?
    private var isRefreshing = false
    private var isClosed = false
    private var waiters: [Wait<Void>] = []
    private var retry: LoopTimer?

    /// - Parameter onChange: hears of each map that was read.
    init(_ plan: ConnectionPlan, _ ledger: ClientLedger, onChange: @escaping (SlotMap) -> Void) {
        self.plan = plan
        self.ledger = ledger
        self.onChange = onChange
    }

    /// The map. Waits for the first one, but not while the cluster is known to be away.
    func current(within limit: Duration) async throws(RedisError) -> SlotMap {
        if let map { return map }
        if isClosed { throw .closed }
        if !isRefreshing, let fault { throw fault }
        refresh()
        let wait = Wait<Void>()
        waiters.append(wait)
        let timer = plan.loop.schedule(after: limit) { wait.resume(()) }
        await wait.value(ifCancelled: ())
        timer.cancel()
        if let map { return map }
        throw fault ?? .timedOut
    }

    /// Takes a node's word that another one has a slot, and reads the map anew: where one slot went, others did too.
    func move(_ slot: Int, to node: RedisEndpoint) {
        map?.move(slot, to: node)
        suspect()
    }

    /// Reads the map anew, at most once a second: something that it says seems to be wrong.
    func suspect() {
        if let lastRefresh, plan.loop.now - lastRefresh < Self.refreshInterval { return }
        refresh()
    }

    func close() {
        isClosed = true
        retry?.cancel()
        wakeAll()
    }

    private func refresh() {
        guard !isRefreshing, !isClosed else { return }
        isRefreshing = true
        lastRefresh = plan.loop.now
        let topology = LoopBound(self, on: plan.loop)
        Task(executorPreference: plan.loop) { await topology.value.read() }
    }

    private func read() async {
        schedule.attempted(at: plan.loop.now)
        var failure = RedisError.unreachable("no node of the cluster answers")
        var asked: Set<RedisEndpoint> = []
        for node in (map?.nodes ?? []).shuffled() + plan.url.endpoints.shuffled() where asked.insert(node).inserted {
            do throws(RedisError) {
                let read = try await readMap(from: node)
                return finish(with: read)
            } catch {
                failure = error
            }
            if isClosed { break }
        }
        fail(with: failure)
    }

    private func readMap(from node: RedisEndpoint) async throws(RedisError) -> SlotMap {
        ledger.statistics.attempts += 1
        let connection = try await RedisDialer(node, plan, credentials: plan.url.credentials).dial()
        defer { connection.close(.closed) }
        let replies = try await connection.exchange([RedisCommand("CLUSTER", "SLOTS")], within: plan.options.timeout)
        if let error = replies.first?.serverError {
            switch error.meaning {
            case .credentials, .permission: throw .refused("CLUSTER SLOTS failed: \(error.code)")
            case .command: throw .refused("\(node) is no node of a cluster: \(error)")
            default: throw .unreachable(error.description)
            }
        }
        guard let map = replies.first.flatMap({ SlotMap($0, askedOf: node.host) }) else {
            throw .unreachable("\(node) knows no nodes of its cluster")
        }
        return map
    }

    private func finish(with map: SlotMap) {
        isRefreshing = false
        if isClosed { return }
        self.map = map
        fault = nil
        schedule.worked()
        onChange(map)
        wakeAll()
    }

    /// An old map is better than none; without one, calls fail until there is one.
    private func fail(with error: RedisError) {
        isRefreshing = false
        if isClosed { return }
        if fault != error { ledger.lost(error) }
        fault = error
        schedule.failed(with: error)
        wakeAll()
        guard map == nil else { return }
        retry?.cancel()
        let delay = schedule.delay(at: plan.loop.now, jitter: .random(in: 0...1))
        retry = plan.loop.schedule(after: delay) { [weak self] in self?.refresh() }
    }

    private func wakeAll() {
        for waiter in waiters { waiter.resume(()) }
        waiters = []
    }
}
