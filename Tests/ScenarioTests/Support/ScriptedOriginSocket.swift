import EventLoops
import Glibc
import MintcacheTesting

/// A TCP socket on a loop that does what it is told and nothing else: it sends octets, takes them or leaves them in the
/// kernel, ends one direction, closes, or resets. Everything about it happens on its loop.
final class ScriptedSocket: EventHandler {
    /// Called with what came.
    var onBytes: (([UInt8]) -> Void)?
    /// Called when the peer sends no more; once.
    var onEnd: (() -> Void)?
    /// Called when the kernel has taken everything that was written.
    var onDrained: (() -> Void)?
    /// Whether what the peer sends is read.
    var isReading = true {
        didSet { if isReading != oldValue { watch() } }
    }

    private let descriptor: Int32
    private var registration: Registration?
    private var output: [UInt8] = []
    private var sent = 0
    private var isEnded = false
    private(set) var isOpen = true

    /// Takes over an open, non-blocking socket.
    init(owning descriptor: Int32, on loop: EventLoop) throws {
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        registration = try loop.register(descriptor, for: .readable, handler: self)
    }

    /// Octets written that the kernel has not taken.
    var pendingBytes: Int { output.count - sent }
    var isDrained: Bool { pendingBytes == 0 }

    func write(_ bytes: [UInt8]) {
        guard isOpen else { return }
        output += bytes
        flush()
    }

    /// Ends the sending direction.
    func finish() {
        if isOpen { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        onBytes = nil
        onDrained = nil
        onEnd = nil
        registration?.cancel()
        registration = nil
        Glibc.close(descriptor)
    }

    /// Closes so that the peer sees a reset.
    func reset() {
        guard isOpen else { return }
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func handle(_ events: IOEvents) {
        if events.contains(.writable) { flush() }
        if events.contains(.readable), isReading { receive() }
        if !events.isDisjoint(with: [.hangup, .failure]) {
            if isReading { receive() }
            end()
            close()
        }
    }

    private func receive() {
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while isOpen, isReading {
            let count = read(descriptor, &piece, piece.count)
            if count > 0 {
                onBytes?(Array(piece[..<count]))
                if count < piece.count { return }
            } else if count == 0 {
                return end()
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                end()
                return close()
            }
        }
    }

    private func end() {
        guard !isEnded else { return }
        isEnded = true
        let onEnd = self.onEnd
        watch()
        onEnd?()
    }

    private func flush() {
        while isOpen, sent < output.count {
            let count = output.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return send(descriptor, base + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                end()
                return close()
            }
        }
        let wasBusy = !output.isEmpty
        if isDrained {
            output.removeAll(keepingCapacity: true)
            sent = 0
        }
        watch()
        if wasBusy, isDrained { onDrained?() }
    }

    private func watch() {
        var interest: IOEvents = []
        if isReading, !isEnded { interest.insert(.readable) }
        if !isDrained { interest.insert(.writable) }
        registration?.update(interest)
    }
}

/// The few blocking calls that scripted peers need on 127.0.0.1.
enum LoopbackTCP {
    static func listener(on port: UInt16) throws -> Int32 {
        let descriptor = try make()
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard withAddress(port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 512) == 0 else {
            throw TestSupportError("cannot listen on 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
        }
        setNonBlocking(descriptor)
        return descriptor
    }

    /// - Parameter receiveBuffer: bytes the kernel may hold for a reader that does not read; 0 leaves it to the kernel.
    static func connection(to port: UInt16, receiveBuffer: Int32 = 0) throws -> Int32 {
        let descriptor = try make()
        if receiveBuffer > 0 {
            var size = receiveBuffer
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        guard withAddress(port, { connect(descriptor, $0, $1) }) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw TestSupportError("cannot connect to 127.0.0.1:\(port): \(reason)")
        }
        setNonBlocking(descriptor)
        return descriptor
    }

    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private static func make() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestSupportError("no socket: \(String(cString: strerror(errno)))") }
        return descriptor
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        guard let address = SocketAddress(numericHost: "127.0.0.1", port: port) else { return -1 }
        return address.withSockaddr { body($0, $1) }
    }
}
