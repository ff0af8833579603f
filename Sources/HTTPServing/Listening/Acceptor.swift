private import CLinux
import EventLoops
import Glibc
import Synchronization

/// Takes connections from the listening socket and deals them out to the loops in turn. Confined to the first loop.
///
/// Dealing in turn spreads few connections evenly, which SO_REUSEPORT's hashing does not.
final class Acceptor: EventHandler {
    /// Connections taken per event, so that a storm of them does not hold up the loop's other work.
    private static let batch = 64
    /// How long nothing is accepted when the process is out of descriptors.
    private static let pause: Duration = .milliseconds(100)
    /// Connections over the maximum that get a 503; the others are closed without a word.
    private static let politelyRefused = 64

    private let loop: EventLoop
    private var listener: FileDescriptor?
    /// Kept so that there is a descriptor to close, and so to accept with, when there are none.
    private var reserve: FileDescriptor?
    private let servers: [LoopBound<LoopServer>]
    private let loops: [EventLoop]
    private let maximum: Int
    private let counters: ConnectionCounters
    private var registration: Registration?
    private var resumption: LoopTimer?
    private var next = 0

    init(
        _ listener: consuming FileDescriptor, on loops: [EventLoop], servers: [LoopBound<LoopServer>], maximum: Int,
        counters: ConnectionCounters
    ) {
        loop = loops[0]
        self.loops = loops
        self.servers = servers
        self.maximum = maximum
        self.counters = counters
        self.listener = consume listener
        reserve = Self.openReserve()
    }

    private static func openReserve() -> FileDescriptor? {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return number < 0 ? nil : FileDescriptor(owning: number)
    }

    func start() throws(SystemCallError) {
        guard let number = listener?.number else { return }
        registration = try loop.register(number, for: .readable, handler: self)
    }

    func stop() {
        registration?.cancel()
        registration = nil
        resumption?.cancel()
        resumption = nil
        listener = nil
        reserve = nil
    }

    func handle(_ events: IOEvents) {
        guard let number = listener?.number else { return }
        for _ in 0..<Self.batch {
            guard accept(from: number) else { return }
        }
    }

    /// Takes one connection; false when there is none to take now.
    private func accept(from number: Int32) -> Bool {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = clinux_accept4(number, &address, &length)
        if descriptor >= 0 {
            deal(FileDescriptor(owning: descriptor), Self.peer(&address))
            // Another part of the process may have taken it while it was free.
            if reserve == nil { reserve = Self.openReserve() }
            return true
        }
        switch errno {
        case EAGAIN: return false
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            shed(from: number)
            return false
        case _: return true
        }
    }

    private static func peer(_ address: inout sockaddr_storage) -> SocketAddress? {
        withUnsafePointer(to: &address) { pointer in
            // Safe: sockaddr_storage is made to be viewed as any sockaddr (sockaddr(3type)).
            SocketAddress(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self))
        }
    }

    private func deal(_ socket: consuming FileDescriptor, _ peer: SocketAddress?) {
        counters.accepted.add(1, ordering: .relaxed)
        guard let peer else { return }
        let active = counters.active.load(ordering: .relaxed)
        let position = next
        next = (next + 1) % loops.count
        if active < maximum {
            hand(socket, peer, to: position) { server, socket, peer in server.adopt(socket, from: peer) }
            return
        }
        counters.refused.add(1, ordering: .relaxed)
        guard active < maximum + Self.politelyRefused else { return }
        hand(socket, peer, to: position) { server, socket, peer in server.refuse(socket, from: peer) }
    }

    private func hand(
        _ socket: consuming FileDescriptor, _ peer: SocketAddress, to position: Int,
        _ take: @escaping @Sendable (LoopServer, consuming FileDescriptor, SocketAddress) -> Void
    ) {
        counters.active.add(1, ordering: .relaxed)
        let server = servers[position]
        if loops[position].isCurrent { return take(server.value, socket, peer) }
        let number = socket.release()
        loops[position].execute { take(server.value, FileDescriptor(owning: number), peer) }
    }

    /// Out of descriptors: drops one waiting client by the reserve, so that the backlog moves, and pauses, because the
    /// listening socket stays readable all the while.
    private func shed(from number: Int32) {
        reserve = nil
        let descriptor = clinux_accept4(number, nil, nil)
        if descriptor >= 0 {
            counters.accepted.add(1, ordering: .relaxed)
            counters.refused.add(1, ordering: .relaxed)
            close(descriptor)
        }
        reserve = Self.openReserve()
        registration?.update([])
        resumption = loop.schedule(after: Self.pause) { [weak self] in self?.registration?.update(.readable) }
    }
}
