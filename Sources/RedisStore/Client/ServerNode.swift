import EventLoops

/// One server as a client uses it: by a connection for everything, and by one more for large values once there are
/// any, so that small replies do not queue up behind them. Confined to a loop.
final class ServerNode {
    typealias Outcome = PendingPipeline.Outcome

    private let fast: ServerLink
    private let makeBulk: () -> ServerLink
    private var bulk: ServerLink?
    private var largeKeys = LargeKeys()
    private let threshold: Int

    init(_ dialer: any RedisDialing, _ plan: ConnectionPlan, _ ledger: ClientLedger, isClusterNode: Bool = false) {
        makeBulk = { ServerLink(dialer, plan, ledger, isClusterNode: isClusterNode) }
        fast = makeBulk()
        threshold = plan.options.largeValue
    }

    var fault: RedisError? { fast.fault }
    var isReady: Bool { fast.isReady }
    func wake() { fast.wake() }

    /// Sends commands in one piece; `completion` hears of all replies or of why there are none, once.
    func send(_ commands: [RedisCommand], within limit: Duration, _ completion: @escaping (Outcome) -> Void) {
        let bytes: [UInt8]
        do throws(RedisError) {
            bytes = try RedisCommand.wireForm(of: commands)
        } catch {
            return completion(.failure(error))
        }
        let link = link(for: commands, bytes.count)
        link.send(bytes, commandCount: commands.count, within: limit) { [weak self] outcome in
            if case .success(let replies) = outcome { self?.remember(commands, replies) }
            completion(outcome)
        }
    }

    func exchange(_ commands: [RedisCommand], within limit: Duration) async throws(RedisError) -> [RedisReply] {
        let outcome = await withCheckedContinuation { continuation in
            send(commands, within: limit) { continuation.resume(returning: $0) }
        }
        return try outcome.get()
    }

    func reset() {
        fast.reset()
        bulk?.reset()
    }

    func close() {
        fast.close()
        bulk?.close()
    }

    private func link(for commands: [RedisCommand], _ byteCount: Int) -> ServerLink {
        guard byteCount > threshold || largeKeys.hold(anyOf: commands) else { return fast }
        let bulk = self.bulk ?? makeBulk()
        self.bulk = bulk
        // Where the server has no place for a second connection, the first has to do.
        return bulk.isBroken ? fast : bulk
    }

    private func remember(_ commands: [RedisCommand], _ replies: [RedisReply]) {
        for (command, reply) in zip(commands, replies) {
            guard case .bulk(let value) = reply else { continue }
            let isLarge = value.count > threshold
            guard isLarge || !largeKeys.isEmpty, let key = command.key else { continue }
            if isLarge { largeKeys.insert(key) } else { largeKeys.remove(key) }
        }
    }
}
