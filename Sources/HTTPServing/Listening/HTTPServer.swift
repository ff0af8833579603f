public import EventLoops
import Synchronization

/// An HTTP/1.1 server (RFC 9112) on a group of event loops.
///
/// Each connection lives on one loop; the loops share nothing but counters. Stop it with ``drain(within:)`` or
/// ``close()``, which must come before the loops are shut down.
public final class HTTPServer: Sendable {
    /// Where it listens, with the port that it got.
    public let address: SocketAddress
    private let loops: [EventLoop]
    private let servers: [LoopBound<LoopServer>]
    private let acceptor: LoopBound<Acceptor>
    private let connectionCounters: ConnectionCounters
    private let loopCounters: [LoopCounters]

    private init(
        _ address: SocketAddress, loops: [EventLoop], servers: [LoopBound<LoopServer>], acceptor: LoopBound<Acceptor>,
        connectionCounters: ConnectionCounters, loopCounters: [LoopCounters]
    ) {
        self.address = address
        self.loops = loops
        self.servers = servers
        self.acceptor = acceptor
        self.connectionCounters = connectionCounters
        self.loopCounters = loopCounters
    }

    /// Opens the listening socket and accepts on it. `makeHandler` is called once for each loop, on that loop. Throws
    /// when the address cannot be bound. Any context.
    public static func start(
        _ configuration: ServerConfiguration, on loops: [EventLoop],
        makeHandler: @escaping @Sendable (EventLoop) -> any RequestHandler
    ) async throws(SystemCallError) -> HTTPServer {
        precondition(!loops.isEmpty, "A server needs a loop.")
        let (listener, address) = try ListeningSocket.open(at: configuration.address, backlog: configuration.backlog)
        let connectionCounters = ConnectionCounters()
        let loopCounters = loops.map { _ in LoopCounters() }
        var servers: [LoopBound<LoopServer>] = []
        for (loop, counters) in zip(loops, loopCounters) {
            let server = await loop.run {
                let server = LoopServer(
                    loop: loop, handler: makeHandler(loop), configuration: configuration, counters: counters,
                    connectionCounters: connectionCounters)
                return LoopBound(server, on: loop)
            }
            servers.append(server)
        }
        let acceptor = try await loops[0].run { [servers] () -> Result<LoopBound<Acceptor>, SystemCallError> in
            let acceptor = Acceptor(
                FileDescriptor(owning: listener), on: loops, servers: servers,
                maximum: configuration.maximumConnections, counters: connectionCounters)
            do throws(SystemCallError) {
                try acceptor.start()
            } catch {
                acceptor.stop()
                return .failure(error)
            }
            return .success(LoopBound(acceptor, on: loops[0]))
        }.get()
        return HTTPServer(
            address, loops: loops, servers: servers, acceptor: acceptor, connectionCounters: connectionCounters,
            loopCounters: loopCounters)
    }

    /// Connections open now. Any context.
    public var connectionCount: Int { connectionCounters.active.load(ordering: .relaxed) }

    /// What it has done so far. Any context; the numbers are of slightly different moments.
    public var counters: ServerCounters {
        var total = ServerCounters()
        total.accepted = connectionCounters.accepted.load(ordering: .relaxed)
        total.active = connectionCounters.active.load(ordering: .relaxed)
        total.refused = connectionCounters.refused.load(ordering: .relaxed)
        for counters in loopCounters { counters.add(to: &total) }
        return total
    }

    /// Stops listening, closes idle connections and lets the others finish the answer that they are at, for at most
    /// `limit`; then closes what is left. Any context.
    public func drain(within limit: Duration) async {
        await stopListening()
        await withTaskGroup(of: Void.self) { group in
            for (loop, server) in zip(loops, servers) {
                group.addTask { await Self.drain(server, on: loop, within: limit) }
            }
        }
        await closeConnections()
    }

    private static func drain(_ server: LoopBound<LoopServer>, on loop: EventLoop, within limit: Duration) async {
        await withCheckedContinuation { continuation in
            loop.execute {
                var waiting: CheckedContinuation<Void, Never>? = continuation
                func finish() {
                    waiting?.resume()
                    waiting = nil
                }
                let timer = loop.schedule(after: limit) { finish() }
                server.value.drain {
                    timer.cancel()
                    finish()
                }
            }
        }
    }

    /// Stops listening and closes every connection at once. Any context.
    public func close() async {
        await stopListening()
        await closeConnections()
    }

    private func stopListening() async {
        let acceptor = acceptor
        await loops[0].run { acceptor.value.stop() }
    }

    private func closeConnections() async {
        for (loop, server) in zip(loops, servers) {
            await loop.run { server.value.closeAll() }
        }
    }
}

extension EventLoop {
    /// Runs work on the loop and waits for its result.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: work()) }
        }
    }
}
