import Glibc

/// A client's TCP connection on a loop, with TLS when asked for: bytes in by a callback, bytes out by a bounded queue.
/// Everything about it happens on its loop.
public final class ByteStream: EventHandler {
    /// What is queued for a peer that does not read, at most; past it the stream fails with ``StreamError/backlogged``.
    public static let maximumPendingBytes = 64 * 1024 * 1024

    /// Read at once, into memory that is not cleared. glibc takes the occasion to tidy up its heap whenever 64 KiB are
    /// given back.
    private static let pieceBytes = 32 * 1024

    private enum State {
        case connecting
        case handshaking
        case open
        case closed
    }

    /// Called with what arrived. The bytes are valid during the call only.
    /// What came before it was set is handed over when it is.
    public var onBytes: ((UnsafeRawBufferPointer) -> Void)? {
        didSet { deliverEarlyBytes() }
    }
    /// Called once when the stream ends otherwise than by ``close()``; soon, if that was before it was set.
    public var onClose: ((StreamError) -> Void)? {
        didSet { reportEarlyEnd() }
    }

    private let loop: EventLoop
    private let descriptor: Int32
    private let tls: TLSSession?
    private var registration: Registration?
    private var state = State.connecting
    private var output: [UInt8] = []
    private var sent = 0
    private var wantsWritable = true
    private var opened: CheckedContinuation<Result<Void, StreamError>, Never>?
    private var timer: LoopTimer?
    private var early: [UInt8] = []
    private var earlyEnd: StreamError?

    private init(loop: EventLoop, descriptor: consuming FileDescriptor, tls: TLSSession?) {
        self.loop = loop
        self.descriptor = descriptor.release()
        self.tls = tls
    }

    deinit {
        if state != .closed { Glibc.close(descriptor) }
    }

    /// Connects, and shakes hands when TLS is asked for, within a deadline. Call on the loop.
    public static func connect(
        to address: SocketAddress, tls: TLSClient?, on loop: EventLoop, within limit: Duration
    ) async throws(StreamError) -> ByteStream {
        loop.preconditionIsCurrent()
        let stream: ByteStream
        do {
            let family = address.family == .ipv4 ? AF_INET : AF_INET6
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            let descriptor = FileDescriptor(owning: try systemCall("socket") { socket(family, type, 0) })
            stream = ByteStream(loop: loop, descriptor: descriptor, tls: try tls?.session())
        } catch let error as SystemCallError {
            throw .system(error)
        } catch let error as StreamError {
            throw error
        } catch {
            throw .closed
        }
        let result = await withCheckedContinuation { continuation in
            stream.opened = continuation
            stream.begin(address, within: limit)
        }
        try result.get()
        return stream
    }

    /// Bytes accepted by ``write(_:)-1`` that the kernel has not taken yet.
    public var pendingBytes: Int { output.count - sent }

    /// Queues bytes. They leave at once as far as the peer takes them. Written to a closed stream they vanish.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        guard state == .open else { return }
        if let tls {
            do throws(StreamError) { try tls.write(bytes) } catch { return fail(error) }
            output.append(contentsOf: tls.takeOutput())
        } else {
            output.append(contentsOf: bytes)
        }
        if pendingBytes > Self.maximumPendingBytes { return fail(.backlogged) }
        flush()
    }

    /// Queues bytes, as ``write(_:)``.
    public func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Closes at once; what is queued is lost, and no callback is called any more.
    public func close() {
        guard state != .closed else { return }
        state = .closed
        onBytes = nil
        onClose = nil
        early = []
        earlyEnd = nil
        timer?.cancel()
        registration?.cancel()
        registration = nil
        Glibc.close(descriptor)
    }

    // MARK: Opening

    private func begin(_ address: SocketAddress, within limit: Duration) {
        do throws(SystemCallError) {
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
            if result != 0, errno != EINPROGRESS { throw SystemCallError(call: "connect", code: errno) }
            registration = try loop.register(descriptor, for: [.readable, .writable], handler: self)
        } catch {
            return fail(.system(error))
        }
        timer = loop.schedule(after: limit) { [weak self] in self?.fail(.timedOut) }
    }

    private func finishConnecting() {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return fail(.system(SystemCallError(call: "connect", code: code))) }
        guard tls != nil else { return finishOpening() }
        state = .handshaking
        shakeHands()
    }

    private func shakeHands() {
        guard let tls else { return }
        do throws(StreamError) {
            let progress = try tls.handshake()
            output.append(contentsOf: tls.takeOutput())
            if case .established = progress { finishOpening() }
            flush()
        } catch {
            fail(error)
        }
    }

    private func finishOpening() {
        state = .open
        timer?.cancel()
        timer = nil
        flush()
        let opened = self.opened
        self.opened = nil
        opened?.resume(returning: .success(()))
    }

    // MARK: Events

    public func handle(_ events: IOEvents) {
        if state == .connecting {
            if !events.isDisjoint(with: [.writable, .failure, .hangup]) { finishConnecting() }
            if state == .closed || !events.contains(.readable) { return }
        }
        if events.contains(.writable) { flush() }
        if !events.isDisjoint(with: [.readable, .hangup, .failure]) { receive() }
    }

    private func receive() {
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 1) { receive(by: $0) }
    }

    private func receive(by piece: UnsafeMutableRawBufferPointer) {
        while state != .closed {
            let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
            if count > 0 {
                accept(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                if count < piece.count { return }
            } else if count == 0 {
                return fail(.closed)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                return fail(.system(SystemCallError(call: "read", code: errno)))
            }
        }
    }

    private func accept(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else { return deliver(bytes) }
        tls.feed(bytes)
        if state == .handshaking { shakeHands() }
        guard state == .open else { return }
        do throws(StreamError) {
            let isOpen = try tls.read { [self] in deliver($0) }
            if !isOpen { return fail(.closed) }
            output.append(contentsOf: tls.takeOutput())
            flush()
        } catch {
            fail(error)
        }
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer) {
        if let onBytes { onBytes(bytes) } else { early.append(contentsOf: bytes) }
    }

    private func deliverEarlyBytes() {
        guard let onBytes, !early.isEmpty else { return }
        let bytes = early
        early = []
        bytes.withUnsafeBytes { onBytes($0) }
    }

    private func reportEarlyEnd() {
        guard let onClose, let earlyEnd else { return }
        self.earlyEnd = nil
        // Never inside the call that sets it.
        let report = LoopBound({ onClose(earlyEnd) }, on: loop)
        loop.execute { report.value() }
    }

    private func flush() {
        guard state == .open || state == .handshaking else { return }
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return Glibc.send(descriptor, base + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return fail(.system(SystemCallError(call: "send", code: errno)))
            }
        }
        if sent == output.count {
            output.removeAll(keepingCapacity: output.capacity <= 256 * 1024)
            sent = 0
        } else if sent > 1024 * 1024 {
            output.removeFirst(sent)
            sent = 0
        }
        let isPending = sent < output.count
        guard isPending != wantsWritable else { return }
        wantsWritable = isPending
        registration?.update(isPending ? [.readable, .writable] : .readable)
    }

    private func fail(_ error: StreamError) {
        guard state != .closed else { return }
        let onClose = self.onClose
        let opened = self.opened
        self.opened = nil
        close()
        opened?.resume(returning: .failure(error))
        if let onClose { onClose(error) } else { earlyEnd = error }
    }
}
