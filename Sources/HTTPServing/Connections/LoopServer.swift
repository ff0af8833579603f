import EventLoops
import Synchronization

/// One loop's part of a server: its handler, its connections, and the memory that they share while one of them is
/// served. Confined to the loop.
final class LoopServer {
    enum Mode {
        case serving
        /// Every answer is its connection's last.
        case draining
    }

    /// What one read takes at most.
    static let readSize = 64 << 10

    let loop: EventLoop
    let handler: any RequestHandler
    let limits: MessageLimits
    let timeouts: DeadlineTable
    let counters: LoopCounters
    let connectionCounters: ConnectionCounters
    // Safe: allocated for the life of this object, used by one connection at a time.
    let scratch: UnsafeMutableRawBufferPointer
    let parser: UnsafeMutablePointer<RequestParser>
    let date: UnsafeMutablePointer<DateField>
    @exclusivity(unchecked) private(set) var mode = Mode.serving
    private(set) var connections: [ServerConnection] = []
    /// Safe: never handed on while it changes.
    @exclusivity(unchecked) private var outputs: [UnsafeMutablePointer<OutputBuffer>] = []
    private var emptyWaiters: [() -> Void] = []

    init(
        loop: EventLoop, handler: any RequestHandler, configuration: ServerConfiguration, counters: LoopCounters,
        connectionCounters: ConnectionCounters
    ) {
        self.loop = loop
        self.handler = handler
        limits = configuration.limits
        timeouts = DeadlineTable(configuration.timeouts)
        self.counters = counters
        self.connectionCounters = connectionCounters
        scratch = .allocate(byteCount: Self.readSize, alignment: 64)
        parser = .allocate(capacity: 1)
        parser.initialize(to: RequestParser(limits: configuration.limits))
        date = .allocate(capacity: 1)
        date.initialize(to: DateField())
    }

    deinit {
        scratch.deallocate()
        parser.deinitialize(count: 1)
        parser.deallocate()
        date.deallocate()
        for output in outputs {
            output.deinitialize(count: 1)
            output.deallocate()
        }
    }

    /// How much input a connection may hold: a whole head, or what a client sends ahead while its request is answered.
    var inputLimit: Int {
        max(Self.readSize, limits.requestLineBytes + limits.headerBytes + 8)
    }

    // MARK: Output

    /// An empty output buffer for one batch. There is nearly always one at hand; another is made only when an answer
    /// on one connection is written in the middle of another connection's batch.
    func borrowOutput(for connection: ServerConnection) -> UnsafeMutablePointer<OutputBuffer> {
        date.pointee.refresh(at: loop.now)
        let output = outputs.popLast() ?? makeOutput()
        output.pointee.sink = .passUnretained(connection)
        return output
    }

    func returnOutput(_ output: UnsafeMutablePointer<OutputBuffer>) {
        output.pointee.removeAll()
        output.pointee.sink = nil
        outputs.append(output)
    }

    private func makeOutput() -> UnsafeMutablePointer<OutputBuffer> {
        let output = UnsafeMutablePointer<OutputBuffer>.allocate(capacity: 1)
        output.initialize(to: OutputBuffer())
        return output
    }

    /// Has the handler answer a failure, as the last answer of its connection, and counts it.
    func answer(_ failure: RequestFailure, _ writer: inout ResponseWriter) {
        counters.addFailure(failure.label)
        writer.closeConnection()
        handler.handleFailure(failure, &writer)
    }

    // MARK: Connections

    /// Takes over an accepted socket.
    func adopt(_ socket: consuming FileDescriptor, from peer: SocketAddress) {
        guard let connection = open(socket, from: peer) else { return }
        if mode == .draining { connection.close() }
    }

    /// Takes over a socket only to answer 503.
    func refuse(_ socket: consuming FileDescriptor, from peer: SocketAddress) {
        open(socket, from: peer)?.refuse(.tooManyConnections)
    }

    private func open(_ socket: consuming FileDescriptor, from peer: SocketAddress) -> ServerConnection? {
        let connection = ServerConnection(socket, from: peer, on: self, slot: connections.count)
        connections.append(connection)
        do {
            try connection.start()
            return connection
        } catch {
            connection.close()
            return nil
        }
    }

    func remove(_ connection: ServerConnection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.slot] = last
            last.slot = connection.slot
        }
        connectionCounters.active.subtract(1, ordering: .relaxed)
        if connections.isEmpty { reportEmpty() }
    }

    // MARK: Ending

    /// Closes idle connections and lets the others finish the answer that they are at.
    func drain(_ whenEmpty: @escaping () -> Void) {
        mode = .draining
        emptyWaiters.append(whenEmpty)
        for connection in Array(connections) { connection.closeIfIdle() }
        if connections.isEmpty { reportEmpty() }
    }

    func closeAll() {
        mode = .draining
        for connection in Array(connections) { connection.disconnect() }
    }

    private func reportEmpty() {
        let waiters = emptyWaiters
        emptyWaiters = []
        for waiter in waiters { waiter() }
    }
}
