import Foundation
import Synchronization

/// A TCP relay on 127.0.0.1 that misbehaves on command, to put between a client under test and a real server.
public final class ChaosProxy: Sendable {
    /// What happens to traffic from now on, on connections that are open too.
    public enum Mode: Sendable, Equatable {
        /// Everything is relayed.
        case pass
        /// Nobody listens, and open connections are reset.
        case refuse
        /// Connections are taken; what arrives is held until the mode changes.
        case hang
        /// Each connection is reset once this many bytes have gone to the client in this mode.
        case cut(afterBytes: Int)
        /// The client gets other bytes than the server sent.
        case garbage
        /// Connections over which the client says this hang from then on, until the mode changes; others work.
        case mute(clientsSaying: String)
        /// Every piece, in both directions, is late by this much.
        case latency(Duration)
        /// Every piece, in both directions, is late by anything up to this much.
        case jitter(upTo: Duration)
        /// Requests reach the server; what it answers is lost.
        case half
        /// Connections are taken; what arrives is lost.
        case swallow
    }

    /// Where clients connect.
    public let port: UInt16
    private let relay: Relay

    /// Starts relaying to a port of 127.0.0.1.
    public init(to target: UInt16) throws {
        port = try FreePort.next()
        relay = Relay(port: port, target: target)
        try relay.listen()
    }

    deinit {
        relay.set(.refuse)
    }

    /// Changes what happens to traffic. Throws when the port cannot be listened on again.
    public func set(_ mode: Mode) throws {
        relay.set(mode)
        if mode != .refuse { try relay.listen() }
    }

    /// How many connections clients have made.
    public var connectionCount: Int { relay.connectionCount }

    /// How many pieces came from clients: with small requests, in how many writes they were sent.
    public var requestPieceCount: Int { relay.requestPieceCount }
}

/// The working part, kept alive by its threads: one that accepts, two for every connection.
private final class Relay: Sendable {
    private struct State {
        var mode = ChaosProxy.Mode.pass
        var listener: Int32?
        var sockets: Set<Int32> = []
        var accepted = 0
        var requestPieces = 0
    }

    private let port: UInt16
    private let target: UInt16
    private let state = Mutex(State())

    init(port: UInt16, target: UInt16) {
        self.port = port
        self.target = target
    }

    var connectionCount: Int { state.withLock { $0.accepted } }
    var requestPieceCount: Int { state.withLock { $0.requestPieces } }
    private var mode: ChaosProxy.Mode { state.withLock { $0.mode } }

    func listen() throws {
        if state.withLock({ $0.listener != nil }) { return }
        let descriptor = Self.makeSocket()
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard LoopbackSocket.bind(descriptor, to: port), Glibc.listen(descriptor, 64) == 0 else {
            throw TestSupportError("cannot listen on 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
        }
        state.withLock { $0.listener = descriptor }
        Thread.detachNewThread { [self] in acceptAll(from: descriptor) }
    }

    func set(_ mode: ChaosProxy.Mode) {
        state.withLock { state in
            state.mode = mode
            guard mode == .refuse else { return }
            if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
            state.listener = nil
            for socket in state.sockets { Self.reset(socket) }
        }
    }

    private func acceptAll(from listener: Int32) {
        defer { close(listener) }
        while true {
            let client = accept(listener, nil, nil)
            if client < 0, errno == EINTR { continue }
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            let isWanted = state.withLock { state in
                state.accepted += 1
                return state.listener == listener
            }
            guard isWanted else {
                close(client)
                return
            }
            Thread.detachNewThread { [self] in serve(client) }
        }
    }

    private func serve(_ client: Int32) {
        let server = Self.makeSocket()
        defer {
            state.withLock { $0.sockets.subtract([client, server]) }
            close(client)
            close(server)
        }
        guard LoopbackSocket.connect(server, to: target) else { return Self.reset(client) }
        state.withLock { $0.sockets.formUnion([client, server]) }
        let done = DispatchSemaphore(value: 0)
        let isMuted = Muting()
        Thread.detachNewThread { [self] in
            pump(from: client, to: server, isReply: false, isMuted)
            done.signal()
        }
        pump(from: server, to: client, isReply: true, isMuted)
        done.wait()
    }

    /// Whether a connection has said what mutes it; set by one of its threads and read by both.
    private final class Muting: Sendable {
        let isSet = Atomic(false)
    }

    private func holdMuted(_ piece: ArraySlice<UInt8>, isReply: Bool, _ muting: Muting) {
        while case .mute(let words) = mode {
            if !isReply, piece.contains(Array(words.utf8)) { muting.isSet.store(true, ordering: .relaxed) }
            guard muting.isSet.load(ordering: .relaxed) else { return }
            usleep(1000)
        }
    }

    private func pump(from source: Int32, to sink: Int32, isReply: Bool, _ muting: Muting) {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        var relayed = 0
        defer {
            shutdown(source, Int32(SHUT_RDWR))
            shutdown(sink, Int32(SHUT_RDWR))
        }
        while true {
            var count = read(source, &buffer, buffer.count)
            if count <= 0 { return }
            if !isReply { state.withLock { $0.requestPieces += 1 } }
            while mode == .hang { usleep(1000) }
            holdMuted(buffer[..<count], isReply: isReply, muting)
            switch mode {
            case .pass, .hang, .mute: break
            case .refuse: return
            case .latency(let delay): usleep(UInt32(delay / .microseconds(1)))
            case .jitter(let most): usleep(UInt32(most / .microseconds(1) * .random(in: 0...1)))
            case .swallow: continue
            case .half: if isReply { continue }
            case .garbage:
                if isReply { for index in 0..<count { buffer[index] = UInt8.random(in: 128...255) } }
            case .cut(let limit):
                guard isReply else { break }
                count = min(count, limit - relayed)
                relayed += count
            }
            guard count > 0, Self.sendAll(buffer[..<count], to: sink) else { return }
            if case .cut(let limit) = mode, isReply, relayed >= limit { return Self.reset(sink) }
        }
    }

    private static func makeSocket() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes the peer see a reset rather than an orderly end, as far as the kernel plays along.
    private static func reset(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }
}
