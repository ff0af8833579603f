import EventLoops
import Glibc

/// One client's connection: reads requests, has them answered in order, sends the answers. Confined to its loop.
///
/// Requests are parsed where the loop's shared buffer received them; only what is left over is copied to the
/// connection. All answers of one read leave together. A connection does one thing at a time, and `phase` says which.
///
/// Safe: the properties marked `@exclusivity(unchecked)` are touched for every request. They are confined to the loop,
/// and no call that holds one of them `inout` (parsing, reading into `input`, sending from `pending`) calls back.
final class ServerConnection: EventHandler {
    enum Phase {
        /// Between requests, or inside a head.
        case reading
        /// A handler has taken a request away and answers later; what the client sends meanwhile waits.
        case exchanging(ExchangeCore)
        /// The answer is complete; the socket has still to take the rest of it. No reading meanwhile.
        case settling(Ending)
        /// Our side is closed; what the client still sends is thrown away, for a moment.
        case lingering
        case closed
    }

    /// What follows when the socket has taken the whole answer.
    enum Ending {
        case nextRequest, close, linger
    }

    /// Whether the client has closed its side. It still gets its answers.
    enum InputEnd {
        case open, reached
    }

    let server: LoopServer
    let peer: Peer
    /// Position in the server's list.
    var slot: Int
    private var socket: FileDescriptor?
    /// The socket's number, for system calls while `phase` is not `closed`.
    let descriptor: Int32
    private var registration: Registration?
    @exclusivity(unchecked) private var interest: IOEvents = .readable

    @exclusivity(unchecked) var phase = Phase.reading
    @exclusivity(unchecked) var inputEnd = InputEnd.open
    @exclusivity(unchecked) var input = InputBuffer()
    @exclusivity(unchecked) var progress = ParseProgress()
    @exclusivity(unchecked) var pending = PendingOutput()

    /// When the head that is being read must be complete; `.max` between requests.
    @exclusivity(unchecked) var headDeadline = UInt64.max
    /// When the socket must have taken something of the pending output.
    var writeDeadline = UInt64.max
    private var timer: LoopTimer?
    @exclusivity(unchecked) private var timerDeadline = UInt64.max
    @exclusivity(unchecked) private var deadline = UInt64.max

    init(_ socket: consuming FileDescriptor, from address: SocketAddress, on server: LoopServer, slot: Int) {
        descriptor = socket.number
        self.socket = consume socket
        self.server = server
        self.slot = slot
        peer = Peer(address)
    }

    func start() throws(SystemCallError) {
        registration = try server.loop.register(descriptor, for: .readable, handler: self)
        settle()
    }

    var now: UInt64 { server.loop.now.nanoseconds }

    // MARK: Events

    func handle(_ events: IOEvents) {
        if !events.isDisjoint(with: [.failure, .hangup]) { return disconnect() }
        if events.contains(.writable) { sendPending() }
        guard events.contains(.readable) else { return }
        switch phase {
        case .reading: receiveRequests()
        case .exchanging(let exchange): receive(during: exchange)
        case .lingering: discardInput()
        case .settling, .closed: break
        }
    }

    /// What a read(2) that brought nothing means: true when the connection is over.
    func isOver(afterReading result: Int) -> Bool {
        if result == 0 {
            inputEnd = .reached
            return false
        }
        if errno == EAGAIN || errno == EINTR { return false }
        disconnect()
        return true
    }

    private func discardInput() {
        let result = Glibc.read(descriptor, server.scratch.baseAddress, server.scratch.count)
        if result == 0 || (result < 0 && errno != EAGAIN && errno != EINTR) { close() }
    }

    // MARK: What to wait for

    /// Makes the watched events and the deadline fit the phase. The last step of every turn.
    func settle() {
        switch phase {
        case .reading where pending.isEmpty:
            watch(inputEnd == .open ? .readable : [])
            if input.isEmpty {
                headDeadline = .max
                expire(at: now &+ server.timeouts.idle)
            } else {
                if headDeadline == .max { headDeadline = now &+ server.timeouts.header }
                expire(at: headDeadline)
            }
        case .reading: settle(into: .nextRequest)
        case .settling(let ending) where pending.isEmpty: end(ending)
        case .settling:
            watch(.writable)
            expire(at: writeDeadline)
        case .exchanging(let exchange): settle(during: exchange)
        case .lingering:
            watch(.readable)
        case .closed: break
        }
    }

    func settle(into ending: Ending) {
        phase = .settling(ending)
        settle()
    }

    func watch(_ events: IOEvents) {
        if events == interest { return }
        interest = events
        registration?.update(events)
    }

    /// The answer is out: what now?
    private func end(_ ending: Ending) {
        switch ending {
        case .nextRequest:
            // The answer was begun before the drain and so promised to keep the connection.
            if server.mode == .draining, input.isEmpty { return close() }
            phase = .reading
            settle()
            serveHeldInput()
        case .close: close()
        case .linger:
            guard inputEnd == .open, shutdown(descriptor, Int32(SHUT_WR)) == 0 else { return close() }
            input.removeAll()
            phase = .lingering
            watch(.readable)
            expire(at: now &+ server.timeouts.linger)
        }
    }

    // MARK: Deadlines

    /// Sets the deadline. The timer moves only when it would come too late; one that comes too early is set again
    /// then, so that a busy connection does not touch the loop's timers.
    func expire(at deadline: UInt64) {
        self.deadline = deadline
        if deadline >= timerDeadline { return }
        timer?.cancel()
        arm()
    }

    private func arm() {
        timerDeadline = deadline
        if deadline == .max {
            timer = nil
            return
        }
        timer = server.loop.schedule(at: MonotonicTime(nanoseconds: deadline)) { [unowned self] in timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerDeadline = .max
        if now < deadline { return arm() }
        switch phase {
        case .reading where input.isEmpty: close()
        case .reading: refuse(.headerTimeout)
        case .exchanging(let exchange): exchangeExpired(exchange)
        case .settling: disconnect()
        case .lingering: close()
        case .closed: break
        }
    }

    // MARK: Ending

    /// Closes when nothing is under way.
    func closeIfIdle() {
        if case .reading = phase, input.isEmpty { close() }
    }

    /// The client is gone, or has to go: nothing more is sent.
    func disconnect() {
        if case .exchanging(let exchange) = phase {
            close()
            exchange.connectionLost()
        } else {
            close()
        }
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var option = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    func close() {
        if case .closed = phase { return }
        phase = .closed
        registration?.cancel()
        registration = nil
        timer?.cancel()
        timer = nil
        socket = nil
        input.removeAll()
        pending.removeAll()
        server.remove(self)
    }
}
