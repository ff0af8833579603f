import EventLoops

/// One connection to PostgreSQL, driven by its loop: libpq never blocks here. One statement at a time, each with a
/// deadline; a statement that misses it ends the connection, because only then is its fate known to nobody.
/// Everything about it happens on its loop.
final class PostgresConnection: EventHandler {
    private enum State {
        case connecting
        case idle
        case busy
        case closed
    }

    /// Called once when an open connection ends otherwise than by ``close()``.
    var onClose: ((PostgresFailure) -> Void)?

    private let loop: EventLoop
    private let url: PostgresURL
    private let cancellations: CancellationLane
    private var session: SessionHandle?
    private var registration: Registration?
    private var state = State.connecting
    private var timer: LoopTimer?
    private var waiter: CheckedContinuation<Void, Never>?
    /// Of the step that the waiter waits for.
    private var result: PostgresResult?
    private var failure: PostgresFailure?

    private init(_ parameters: ConnectionParameters, loop: EventLoop, cancellations: CancellationLane) {
        self.loop = loop
        self.url = parameters.url
        self.cancellations = cancellations
        session = SessionHandle(starting: parameters)
    }

    // MARK: Opening and closing

    /// Connects and logs in within a deadline. Call on the loop.
    static func open(
        _ parameters: ConnectionParameters, on loop: EventLoop, within limit: Duration, cancellations: CancellationLane
    ) async throws(PostgresFailure) -> PostgresConnection {
        loop.preconditionIsCurrent()
        let connection = PostgresConnection(parameters, loop: loop, cancellations: cancellations)
        try await connection.step(from: .connecting, to: .connecting, within: limit) { session in
            if session.isBroken { return connection.fail(.connection(connection.url.redact(session.errorMessage))) }
            // The manual has the first wait be for writing.
            connection.watch(.writable)
        }
        return connection
    }

    /// Ends the connection at once, without calling ``onClose``.
    func close() {
        onClose = nil
        fail(.connection("the connection was closed"))
    }

    /// Ends the connection at once, as if it had broken for this reason.
    func abandon(because failure: PostgresFailure) {
        fail(failure)
    }

    /// Whether a transaction was begun and has not ended.
    var isInTransaction: Bool { session?.isInTransaction ?? false }

    // MARK: Statements

    /// Runs one statement with parameters. Call on the loop, never before the last one has ended.
    func run(_ statement: PostgresStatement, within limit: Duration) async throws(PostgresFailure) -> PostgresResult {
        try await run(within: limit) { $0.send(statement) }
    }

    /// Runs one or more statements without parameters; the result is the last one's.
    @discardableResult
    func run(script: String, within limit: Duration) async throws(PostgresFailure) -> PostgresResult {
        try await run(within: limit) { $0.send(script: script) }
    }

    private func run(
        within limit: Duration, _ send: (SessionHandle) -> Bool
    ) async throws(PostgresFailure) -> PostgresResult {
        loop.preconditionIsCurrent()
        try await step(from: .idle, to: .busy, within: limit) { session in
            if send(session) {
                flush()
            } else {
                fail(.connection(url.redact(session.errorMessage)))
            }
        }
        defer { result = nil }
        guard let result else { throw .connection("the server sent no result") }
        return result
    }

    /// Begins something and waits until ``finish()`` or ``fail(_:)`` ends it. All of it begins where the continuation
    /// is made, because on the way there the loop may turn and the connection may break.
    private func step(
        from start: State, to next: State, within limit: Duration, _ begin: (SessionHandle) -> Void
    ) async throws(PostgresFailure) {
        await withCheckedContinuation { continuation in
            precondition(state != .busy, "A connection runs one statement at a time.")
            guard state == start, let session else {
                failure = .connection("the connection is closed")
                return continuation.resume()
            }
            state = next
            result = nil
            failure = nil
            waiter = continuation
            timer = loop.schedule(at: MonotonicTime.current + limit) { [weak self] in self?.expire() }
            begin(session)
        }
        guard let failure else { return }
        self.failure = nil
        throw failure
    }

    private func expire() {
        if state == .connecting { return fail(.timedOut("connecting took too long")) }
        if let cancellation = session?.cancellation() { cancellations.request(cancellation) }
        fail(.timedOut("the statement took too long"))
    }

    private func finish() {
        state = .idle
        resume()
    }

    private func fail(_ failure: PostgresFailure) {
        guard state != .closed else { return }
        let wasOpen = state != .connecting
        state = .closed
        registration?.cancel()
        registration = nil
        session = nil
        if waiter != nil { self.failure = failure }
        resume()
        let onClose = self.onClose
        self.onClose = nil
        if wasOpen { onClose?(failure) }
    }

    private func resume() {
        timer?.cancel()
        timer = nil
        let waiter = self.waiter
        self.waiter = nil
        waiter?.resume()
    }

    // MARK: Events

    func handle(_ events: IOEvents) {
        switch state {
        case .connecting: pollConnect()
        case .idle, .busy: exchange()
        case .closed: break
        }
    }

    private func pollConnect() {
        // libpq may close the socket and open another, even of the same number, so the watch ends before it can.
        registration?.cancel()
        registration = nil
        guard let session else { return }
        switch session.pollConnect() {
        case .needsReadable: watch(.readable)
        case .needsWritable: watch(.writable)
        case .established:
            watch(.readable)
            if state == .connecting { finish() }
        case .failed: fail(.connection(url.redact(session.errorMessage)))
        }
    }

    private func watch(_ interest: IOEvents) {
        guard let session else { return }
        if let registration { return registration.update(interest) }
        do throws(SystemCallError) {
            registration = try loop.register(session.socket, for: interest, handler: self)
        } catch {
            fail(.connection(error.description))
        }
    }

    private func exchange() {
        guard let session else { return }
        guard session.consumeInput() else { return broken(session) }
        if state == .busy {
            flush()
            collect()
        }
    }

    private func flush() {
        guard let session else { return }
        guard let isSent = session.flush() else { return broken(session) }
        watch(isSent ? .readable : [.readable, .writable])
    }

    private func collect() {
        guard let session else { return }
        while state == .busy, !session.isWaiting {
            guard let next = session.nextResult() else {
                if session.isBroken { return broken(session) }
                return finish()
            }
            // After an error the server skips the rest, so the first one is the cause.
            if let error = next.error, failure == nil { failure = .server(error) }
            result = next
        }
    }

    /// libpq has closed its socket. What the server said before, such as that it shuts down, tells more.
    private func broken(_ session: SessionHandle) {
        while let last = session.nextResult() {
            if let error = last.error, !error.code.isEmpty, failure == nil { failure = .server(error) }
        }
        fail(failure ?? .connection(url.redact(session.errorMessage)))
    }
}
