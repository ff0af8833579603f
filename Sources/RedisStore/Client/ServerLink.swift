import EventLoops

/// One pipelined connection to one server, which is made anew when it is lost. Confined to a loop.
///
/// It connects when it is first used, and from then on tries to stay connected by itself. While it is not, calls fail
/// at once instead of waiting, except for the short time in which a connection that ended in good order is replaced:
/// the breaker is open, and an attempt at a connection is its probe.
final class ServerLink {
    typealias Outcome = PendingPipeline.Outcome

    private enum State {
        /// Not used yet.
        case idle
        /// An attempt is under way or about to be, and calls wait for it.
        case opening
        case ready(RedisConnection)
        /// Attempts go on; calls fail with this.
        case broken(RedisError)
        case closed
    }

    private let dialer: any RedisDialing
    private let options: RedisClient.Options
    private let loop: EventLoop
    private let ledger: ClientLedger
    private let pacer: LoopBound<AttemptPacer>
    /// Whether errors that lead elsewhere are its user's to follow.
    private let isClusterNode: Bool
    private var state = State.idle
    private var schedule = ReconnectSchedule()
    private var slowness = Slowness()
    private var parked = ParkedPipelines()
    private var reopening: LoopTimer?
    private var wasUsed = false
    private var lastFailover: MonotonicTime?
    private var lastFault: RedisError?

    init(_ dialer: any RedisDialing, _ plan: ConnectionPlan, _ ledger: ClientLedger, isClusterNode: Bool = false) {
        self.dialer = dialer
        self.ledger = ledger
        self.isClusterNode = isClusterNode
        options = plan.options
        pacer = plan.pacer
        loop = plan.loop
    }

    /// Why there is no connection; nil while there is one, and while there is no reason against one.
    var fault: RedisError? {
        if case .ready = state { nil } else { lastFault }
    }

    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    /// Whether it waits for a better time.
    var isBroken: Bool {
        if case .broken = state { true } else { false }
    }

    /// Makes one that was never used connect.
    func wake() {
        if case .idle = state { reopen() }
    }

    /// Sends commands in their wire form; `completion` hears of all replies or of why there are none, once.
    func send(
        _ bytes: [UInt8], commandCount: Int, within limit: Duration, _ completion: @escaping (Outcome) -> Void
    ) {
        let patience = max(limit, options.timeout)
        let pipeline = PendingPipeline(bytes, commandCount: commandCount, patience: patience)
        pipeline.begin(until: loop.now + limit, on: loop, completion)
        submit(pipeline)
    }

    /// Drops the connection; what is under way fails, and a new connection is made.
    func reset() {
        let error = RedisError.unreachable("the connection was reset")
        parked.fail(error)
        guard case .ready(let connection) = state else { return }
        connection.close(error)
        reopen()
    }

    /// Ends it for good; what is under way fails.
    func close() {
        if case .ready(let connection) = state { connection.close(.closed) }
        state = .closed
        reopening?.cancel()
        parked.fail(.closed)
    }

    // MARK: Sending

    private func submit(_ pipeline: PendingPipeline) {
        switch state {
        case .ready(let connection):
            let isFull =
                connection.pendingCommands + pipeline.commandCount > options.maximumPendingCommands
                || connection.pendingBytes + pipeline.bytes.count > options.maximumPendingBytes
            if isFull { pipeline.finish(.failure(.overloaded)) } else { connection.send(pipeline) }
        case .idle:
            parked.add(pipeline, options)
            reopen()
        case .opening:
            parked.add(pipeline, options)
        case .broken(let error):
            pipeline.finish(.failure(error))
        case .closed:
            pipeline.finish(.failure(.closed))
        }
    }

    /// Draws conclusions from replies that concern more than their command.
    private func judge(_ pipeline: PendingPipeline, _ replies: [RedisReply]) -> Outcome {
        for reply in replies {
            guard let error = reply.serverError, let fault = fault(in: error) else { continue }
            breakOff(fault)
            return .failure(fault)
        }
        ledger.note(replies)
        if replies.contains(where: { $0.serverError?.meaning == .readOnly }) { failOver() }
        schedule.worked()
        // Waiting is what blocking commands are for, and large values take their time.
        if pipeline.patience <= options.timeout, pipeline.bytes.count <= options.largeValue,
            let sentAt = pipeline.sentAt,
            slowness.isTooMuch(afterReplyIn: loop.now - sentAt, limit: options.slowReply, at: loop.now)
        {
            breakOff(.timedOut)
        }
        return .success(replies)
    }

    /// What an error says about the server as a whole.
    private func fault(in error: RedisServerError) -> RedisError? {
        switch error.meaning {
        case .unavailable: .unreachable(error.description)
        case .credentials: .refused(error.code)
        case .full: .turnedAway
        case .redirection where !isClusterNode:
            .refused("\(error.code): the server belongs to a cluster, so its URL begins with redis+cluster://")
        case .clusterDown where !isClusterNode: .unreachable(error.description)
        case .redirection, .clusterDown, .permission, .readOnly, .outOfMemory, .writesStopped, .command: nil
        }
    }

    /// The server has become a replica: its name may lead to another one now. Reads work meanwhile, so not more than
    /// once a second, and after the callers of this moment have their replies.
    private func failOver() {
        if let lastFailover, loop.now - lastFailover < .seconds(1) { return }
        lastFailover = loop.now
        dialer.forgetPlace()
        loop.schedule(after: .zero) { [weak self] in self?.reset() }
    }

    // MARK: Connecting

    /// Begins an attempt as soon as the schedule allows.
    private func reopen() {
        state = schedule.isFailing ? .broken(lastFault ?? .unreachable("no connection yet")) : .opening
        let delay = schedule.delay(at: loop.now, jitter: .random(in: 0...1))
        reopening?.cancel()
        reopening = loop.schedule(after: delay) { [weak self] in self?.attemptInTurn() }
    }

    private func attemptInTurn() {
        // A first connection is wanted at once.
        guard wasUsed else {
            wasUsed = true
            return attempt()
        }
        let wait = pacer.value.takeTurn(at: dialer.endpoint, now: loop.now)
        guard wait > .zero else { return attempt() }
        reopening = loop.schedule(after: wait) { [weak self] in self?.attempt() }
    }

    private func attempt() {
        schedule.attempted(at: loop.now)
        ledger.statistics.attempts += 1
        let link = LoopBound(self, on: loop)
        Task(executorPreference: loop) { [dialer] in
            do throws(RedisError) {
                link.value.adopt(try await dialer.dial())
            } catch {
                link.value.breakOff(error)
            }
        }
    }

    private func adopt(_ connection: RedisConnection) {
        if case .closed = state { return connection.close(.closed) }
        if let ending = connection.ending { return breakOff(ending) }
        connection.onEnd = { [weak self] error in self?.ended(with: error) }
        connection.onReplies = { [weak self] pipeline, replies in
            self?.judge(pipeline, replies) ?? .success(replies)
        }
        state = .ready(connection)
        slowness = Slowness()
        lastFault = nil
        ledger.connected()
        for pipeline in parked.take() { connection.send(pipeline) }
    }

    private func ended(with error: RedisError) {
        guard case .unreachable = error, !schedule.isFailing else { return breakOff(error) }
        lastFault = error
        ledger.lost(error)
        reopen()
    }

    /// Opens the breaker.
    private func breakOff(_ error: RedisError) {
        switch state {
        case .closed: return
        case .ready(let connection): connection.close(error)
        case .idle, .opening, .broken: break
        }
        if lastFault != error { ledger.lost(error) }
        lastFault = error
        schedule.failed(with: error)
        reopen()
        parked.fail(error)
    }
}
