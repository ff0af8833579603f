import EventLoops

/// One lasting place in the server's connection limit: a connection that is opened on first use and again whenever it
/// is lost, with pauses in between. Those who use it take turns. Isolated to its loop.
actor PostgresLink {
    private enum State {
        case unused
        case connecting
        case open(PostgresConnection)
        /// Until the next attempt.
        case pausing
        case closed
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let url: PostgresURL
    private let resolver: AddressResolver
    private let connectLimit: Duration
    private let maximumWaiting = 1024
    private let cancellations = CancellationLane()
    private let turns = WaitLine()
    private let changes = WaitLine()
    private var isTaken = false
    private var state = State.unused
    private var backoff = Backoff()
    private var lastFailure: PostgresFailure?

    init(to url: PostgresURL, connectWithin limit: Duration, loop: EventLoop, resolver: AddressResolver) {
        self.url = url
        self.loop = loop
        self.resolver = resolver
        connectLimit = limit
    }

    /// Whether there is a connection now. Asking begins to open it.
    var isOpen: Bool {
        if case .unused = state { connect() }
        if case .open = state { return true }
        return false
    }

    /// Waits for the turn of whoever uses the link, for a while, and closes the connection for good.
    func close(within limit: Duration) async {
        if case .closed = state { return }
        _ = await turns.wait(until: .current + limit, on: loop, unless: { !isTaken })
        if case .open(let connection) = state { connection.close() }
        state = .closed
        isTaken = false
        turns.admitAll()
        changes.admitAll()
    }

    /// Gives the body the connection alone, when its turn has come. A transaction that the body leaves unfinished ends
    /// with the connection.
    func exclusively<Value>(
        within limit: Duration,
        _ body: (PostgresConnection, MonotonicTime) async throws(PostgresFailure) -> Value
    ) async throws(PostgresFailure) -> Value {
        let deadline = MonotonicTime.current + limit
        try await takeTurn(until: deadline)
        defer { isTaken = turns.admitFirst() }
        let connection = try await openConnection(until: deadline)
        do throws(PostgresFailure) {
            let value = try await body(connection, deadline)
            backoff.reset()
            return value
        } catch {
            if error.endsConnection || connection.isInTransaction {
                connection.abandon(because: error)
            } else {
                backoff.reset()
            }
            throw error
        }
    }

    private func takeTurn(until deadline: MonotonicTime) async throws(PostgresFailure) {
        if takeFreeTurn() { return }
        guard turns.count < maximumWaiting else { throw .overloaded("too many statements are waiting") }
        guard await turns.wait(until: deadline, on: loop, unless: takeFreeTurn) else {
            throw .timedOut("other statements took too long")
        }
    }

    private func takeFreeTurn() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    /// Waits for a connection that is on its way, but not for one whose last attempt failed.
    private func openConnection(until deadline: MonotonicTime) async throws(PostgresFailure) -> PostgresConnection {
        while true {
            switch state {
            case .unused: connect()
            case .open(let connection): return connection
            case .closed: throw .connection("the archive is closed")
            case .pausing: throw lastFailure ?? .connection("not connected")
            case .connecting:
                if let lastFailure { throw lastFailure }
                guard await changes.wait(until: deadline, on: loop, unless: { !isConnecting }) else {
                    throw .timedOut("connecting took too long")
                }
            }
        }
    }

    private var isConnecting: Bool {
        if case .connecting = state { true } else { false }
    }

    // MARK: Connecting

    private func connect() {
        state = .connecting
        Task(executorPreference: loop) { await self.attempt() }
    }

    private func attempt() async {
        do throws(PostgresFailure) {
            var hosts = try await PostgresHost.resolve(url, by: resolver, within: connectLimit)
            // An address that swallows what is sent to it uses up an attempt, so each begins at another one.
            let first = backoff.attempts % hosts.count
            hosts = Array(hosts[first...] + hosts[..<first])
            let connection = try await PostgresConnection.open(
                ConnectionParameters(url, hosts: hosts), on: loop, within: connectLimit, cancellations: cancellations)
            opened(connection)
        } catch {
            lastFailure = error
            pause()
        }
    }

    private func opened(_ connection: PostgresConnection) {
        guard case .connecting = state else { return connection.close() }
        connection.onClose = { [weak self] _ in self?.assumeIsolated { $0.pause() } }
        state = .open(connection)
        lastFailure = nil
        changes.admitAll()
    }

    /// After a failed attempt, or when an open connection was lost.
    private func pause() {
        if case .closed = state { return }
        let delay = backoff.next()
        if delay == .zero {
            connect()
        } else {
            state = .pausing
            loop.schedule(after: delay) { [weak self] in self?.assumeIsolated { $0.resume() } }
        }
        changes.admitAll()
    }

    private func resume() {
        if case .pausing = state { connect() }
    }
}
