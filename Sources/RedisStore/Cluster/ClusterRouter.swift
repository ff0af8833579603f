import EventLoops

/// Takes each command of a pipeline to the node of a cluster that has its key, follows redirections, and puts the
/// replies back in order. Confined to a loop.
final class ClusterRouter {
    /// So often a command is sent elsewhere, or again.
    static let maximumRedirections = 8
    private static let pause = Duration.milliseconds(10)
    /// How long nobody waits after somebody has waited in vain.
    private static let rest = Duration.milliseconds(500)

    private let plan: ConnectionPlan
    private let ledger: ClientLedger
    private var nodes: [RedisEndpoint: ServerNode] = [:]
    private lazy var topology = ClusterTopology(plan, ledger) { [weak self] in self?.adopt($0) }
    private var restsUntil: MonotonicTime?
    private var isClosed = false

    init(_ plan: ConnectionPlan, _ ledger: ClientLedger) {
        self.plan = plan
        self.ledger = ledger
    }

    /// Why some of the cluster is out of reach.
    var fault: RedisError? {
        topology.map == nil ? topology.fault : nodes.values.lazy.compactMap(\.fault).first
    }

    /// Whether all of the cluster that was used is connected. Asking makes a router look for its cluster.
    var isReady: Bool {
        if fault != nil || topology.map == nil { topology.suspect() }
        return topology.map != nil && fault == nil
    }

    func exchange(_ commands: [RedisCommand], within limit: Duration) async throws(RedisError) -> [RedisReply] {
        let deadline = plan.loop.now + limit
        var work = ClusterWork(commands)
        for round in 0...Self.maximumRedirections {
            let map = try await topology.current(within: deadline - plan.loop.now)
            let parts = try work.parts { slot throws(RedisError) in try place(of: slot, in: map) }
            let outcomes = await send(parts, within: deadline - plan.loop.now)
            var failure: RedisError?
            for (part, outcome) in zip(parts, outcomes) {
                switch outcome {
                case .success(let replies):
                    for move in work.take(replies, to: part) { topology.move(move.slot, to: move.node) }
                case .failure(let error):
                    if error != .overloaded { topology.suspect() }
                    failure = error
                }
            }
            if let failure { throw failure }
            if work.isDone { return work.result }
            if work.isHeldUp {
                topology.suspect()
                guard mayWait(until: deadline) else { break }
                await plan.loop.sleep(for: Self.pause * (1 << min(round, 4)))
            }
            guard deadline > plan.loop.now, round < Self.maximumRedirections else { break }
        }
        return try settle(work.result)
    }

    func reset() {
        for node in nodes.values { node.reset() }
    }

    func close() {
        isClosed = true
        topology.close()
        for node in nodes.values { node.close() }
    }

    /// Whether waiting for the cluster is worth it: not when there is no time, and not when others did so in vain.
    private func mayWait(until deadline: MonotonicTime) -> Bool {
        if let restsUntil, restsUntil > plan.loop.now { return false }
        return deadline - plan.loop.now > Self.pause
    }

    /// What is still redirected when the time or the patience is over did not run.
    private func settle(_ replies: [RedisReply]) throws(RedisError) -> [RedisReply] {
        for error in replies.lazy.compactMap(\.serverError) {
            switch error.meaning {
            case .redirection, .clusterDown:
                if restsUntil.map({ $0 <= plan.loop.now }) ?? true { restsUntil = plan.loop.now + Self.rest }
                throw .unreachable(error.description)
            default: continue
            }
        }
        return replies
    }

    private func place(of slot: Int?, in map: SlotMap) throws(RedisError) -> RedisEndpoint {
        if let slot {
            guard let node = map.node(for: slot) else {
                topology.suspect()
                throw .unreachable("no node of the cluster has slot \(slot)")
            }
            return node
        }
        guard let any = map.nodes.first(where: { nodes[$0]?.isReady ?? false }) ?? map.nodes.first else {
            throw .unreachable("the cluster has no nodes")
        }
        return any
    }

    /// The outcome of each part; all are under way at once.
    private func send(
        _ parts: [ClusterWork.Part], within limit: Duration
    ) async -> [PendingPipeline.Outcome] {
        let gathering = Gathering(count: parts.count)
        return await withCheckedContinuation { continuation in
            gathering.onEnd = { continuation.resume(returning: $0) }
            for (index, part) in parts.enumerated() {
                node(at: part.node).send(part.commands, within: limit) { gathering.settle(index, $0) }
            }
        }
    }

    private func node(at endpoint: RedisEndpoint) -> ServerNode {
        if let node = nodes[endpoint] { return node }
        let dialer = RedisDialer(endpoint, plan, credentials: plan.url.credentials)
        let node = ServerNode(dialer, plan, ledger, isClusterNode: true)
        if isClosed { node.close() }
        nodes[endpoint] = node
        return node
    }

    /// Lets go of nodes that have no slots any more.
    private func adopt(_ map: SlotMap) {
        let wanted = Set(map.nodes)
        for (endpoint, node) in nodes where !wanted.contains(endpoint) {
            node.close()
            nodes[endpoint] = nil
        }
    }
}

/// Collects the outcomes of several pipelines. Confined to a loop.
private final class Gathering {
    var onEnd: (([PendingPipeline.Outcome]) -> Void)?
    private var outcomes: [PendingPipeline.Outcome?]
    private var missing: Int

    init(count: Int) {
        outcomes = Array(repeating: nil, count: count)
        missing = count
    }

    func settle(_ index: Int, _ outcome: PendingPipeline.Outcome) {
        outcomes[index] = outcome
        missing -= 1
        guard missing == 0 else { return }
        onEnd?(outcomes.compactMap { $0 })
    }
}
