public import EventLoops

/// A Redis as its users see it: commands in, replies out, each within a deadline, over one pipelined connection.
///
/// The client connects when it is first used, and from then on tries to stay connected by itself. While it is
/// not, calls fail at once instead of waiting, except for the short time in which a connection that ended in good order
/// is replaced. It lives on one loop; calls from there cost no hop.
public actor RedisClient {
    private enum Link {
        /// Not used yet.
        case idle
        /// An attempt is under way or about to be, and calls wait for it.
        case opening
        case ready(RedisConnection)
        /// Attempts go on; calls fail with this.
        case broken(RedisError)
        case closed
    }

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public nonisolated let options: Options
    private nonisolated let dialer: RedisDialer
    private nonisolated let onEvent: @Sendable (Event) -> Void
    /// How the client has fared.
    public private(set) var statistics = Statistics()
    private var link = Link.idle
    private var schedule = ReconnectSchedule()
    private var parked: [PendingPipeline] = []
    private var parkedCommands = 0
    private var parkedBytes = 0
    private var reopening: LoopTimer?
    private var lastFailover: MonotonicTime?

    /// Makes a client that does nothing yet.
    ///
    /// - Parameters:
    ///   - onEvent: called on the loop when the connection comes about or is lost.
    /// - Throws: ``RedisError/refused(_:)`` when the file of trusted certificates cannot be read.
    public init(
        url: RedisURL, options: Options = Options(), loop: EventLoop, resolver: AddressResolver,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(RedisError) {
        let dialer = try RedisDialer(url, options: options, loop: loop, resolver: resolver)
        self.init(dialer, options, onEvent)
    }

    private init(_ dialer: RedisDialer, _ options: Options, _ onEvent: @escaping @Sendable (Event) -> Void) {
        self.dialer = dialer
        self.options = options
        self.onEvent = onEvent
        loop = dialer.loop
    }

    isolated deinit {
        shutDown()
    }

    /// Another client of the same server with a connection of its own: for commands that block.
    public nonisolated func sibling() -> RedisClient {
        RedisClient(dialer, options, { _ in })
    }

    /// Whether there is a connection. Asking a client that was never used makes it connect.
    public var isReachable: Bool {
        switch link {
        case .ready: return true
        case .idle: reopen()
        case .opening, .broken, .closed: break
        }
        return false
    }

    /// Sends one command and answers its reply. As ``pipeline(_:within:)``.
    public func run(_ command: RedisCommand, within limit: Duration? = nil) async throws(RedisError) -> RedisReply {
        guard let reply = try await pipeline([command], within: limit).first else { throw .malformed("no reply") }
        return reply
    }

    /// Sends commands in one piece and answers their replies in the same order. They may run interleaved with those of
    /// others, and when the call fails any number of them may have run.
    ///
    /// - Parameter limit: how long to wait; without it, as long as the options say. A shorter one costs only this
    ///   caller the replies, a longer one lets commands block.
    /// - Returns: one reply for each command. A server's error is a reply; only those that say that the server is of no
    ///   use to anybody now (loading, without its master, credentials refused) are thrown.
    public func pipeline(
        _ commands: [RedisCommand], within limit: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        let limit = limit ?? options.timeout
        let bytes = try RedisCommand.wireForm(of: commands)
        statistics.commands += commands.count
        let (outcome, carrier) = await withCheckedContinuation { continuation in
            let patience = max(limit, options.timeout)
            let pipeline = PendingPipeline(bytes, commandCount: commands.count, patience: patience)
            pipeline.begin(until: loop.now + limit, on: loop) { [loop] outcome, connection in
                continuation.resume(returning: (outcome, connection.map { LoopBound($0, on: loop) }))
            }
            submit(pipeline)
        }
        do throws(RedisError) {
            let replies = try outcome.get()
            try heed(replies, from: carrier?.value)
            return replies
        } catch {
            statistics.failures += 1
            if error == .timedOut { statistics.timeouts += 1 }
            throw error
        }
    }

    /// Drops the connection; what is under way fails, and a new connection is made.
    public func reset() {
        let error = RedisError.unreachable("the connection was reset")
        failParked(error)
        guard case .ready(let connection) = link else { return }
        connection.close(error)
        reopen()
    }

    /// Ends everything for good; what is under way fails with ``RedisError/closed``.
    public func close() {
        shutDown()
    }

    private func shutDown() {
        if case .ready(let connection) = link { connection.close(.closed) }
        link = .closed
        reopening?.cancel()
        failParked(.closed)
    }

    // MARK: Sending

    private func submit(_ pipeline: PendingPipeline) {
        switch link {
        case .ready(let connection):
            let isFull =
                connection.pendingCommands + pipeline.commandCount > options.maximumPendingCommands
                || connection.pendingBytes + pipeline.bytes.count > options.maximumPendingBytes
            if isFull { pipeline.finish(.failure(.overloaded)) } else { connection.send(pipeline) }
        case .idle:
            park(pipeline)
            reopen()
        case .opening:
            park(pipeline)
        case .broken(let error):
            pipeline.finish(.failure(error))
        case .closed:
            pipeline.finish(.failure(.closed))
        }
    }

    private func park(_ pipeline: PendingPipeline) {
        let isFull =
            parkedCommands + pipeline.commandCount > options.maximumPendingCommands
            || parkedBytes + pipeline.bytes.count > options.maximumPendingBytes
        if isFull { return pipeline.finish(.failure(.overloaded)) }
        parked.append(pipeline)
        parkedCommands += pipeline.commandCount
        parkedBytes += pipeline.bytes.count
    }

    private func takeParked() -> [PendingPipeline] {
        defer {
            parked = []
            parkedCommands = 0
            parkedBytes = 0
        }
        return parked.filter { !$0.isFinished }
    }

    private func failParked(_ error: RedisError) {
        for pipeline in takeParked() { pipeline.finish(.failure(error)) }
    }

    /// Draws conclusions from errors that concern more than their command.
    private func heed(_ replies: [RedisReply], from connection: RedisConnection?) throws(RedisError) {
        for reply in replies {
            guard let error = reply.serverError else { continue }
            switch error.meaning {
            case .unavailable: throw drop(connection, for: .unreachable(error.description))
            case .credentials: throw drop(connection, for: .refused(error.code))
            case .readOnly: failOver(from: connection)
            case .permission, .outOfMemory, .command: break
            }
        }
        if isCurrent(connection) { schedule.worked() }
    }

    private func isCurrent(_ connection: RedisConnection?) -> Bool {
        guard case .ready(let current) = link else { return false }
        return current === connection
    }

    private func drop(_ connection: RedisConnection?, for error: RedisError) -> RedisError {
        if isCurrent(connection) {
            connection?.close(error)
            breakOff(error)
        }
        return error
    }

    /// The server has become a replica: its name may lead to another one now. Reads work meanwhile, so not more than
    /// once a second.
    private func failOver(from connection: RedisConnection?) {
        if let lastFailover, loop.now - lastFailover < .seconds(1) { return }
        guard isCurrent(connection) else { return }
        lastFailover = loop.now
        reset()
    }

    // MARK: Connecting

    /// Begins an attempt as soon as the schedule allows.
    private func reopen() {
        link = schedule.isFailing ? .broken(statistics.fault ?? .unreachable("no connection yet")) : .opening
        let delay = schedule.delay(at: loop.now, jitter: .random(in: 0...1))
        reopening?.cancel()
        reopening = loop.schedule(after: delay) { [weak self] in
            self?.assumeIsolated { $0.attempt() }
        }
    }

    private func attempt() {
        schedule.attempted(at: loop.now)
        statistics.attempts += 1
        Task(executorPreference: loop) { [weak self, dialer] in
            do throws(RedisError) {
                let connection = LoopBound(try await dialer.dial(), on: dialer.loop)
                if await self?.adopt(connection) != true { connection.value.close(.closed) }
            } catch {
                await self?.breakOff(error)
            }
        }
    }

    /// False when it is not wanted any more.
    private func adopt(_ bound: LoopBound<RedisConnection>) -> Bool {
        let connection = bound.value
        if case .closed = link { return false }
        guard connection.isOpen else {
            breakOff(.unreachable("the connection ended at once"))
            return true
        }
        connection.onEnd = { [weak self] error in
            self?.assumeIsolated { $0.ended(with: error) }
        }
        link = .ready(connection)
        statistics.connections += 1
        statistics.fault = nil
        for pipeline in takeParked() { connection.send(pipeline) }
        onEvent(.connected)
        return true
    }

    private func ended(with error: RedisError) {
        guard case .unreachable = error, !schedule.isFailing else { return breakOff(error) }
        statistics.fault = error
        onEvent(.lost(error))
        reopen()
    }

    private func breakOff(_ error: RedisError) {
        if case .closed = link { return }
        if statistics.fault != error { onEvent(.lost(error)) }
        statistics.fault = error
        schedule.failed(with: error)
        reopen()
        failParked(error)
    }
}
