import CCurl
import EventLoops
import Glibc

/// libcurl's transfers, connections and timers on an event loop: the only place that calls `curl_multi_*`.
/// Loop-confined.
///
/// libcurl asks for sockets to be watched and for one timer, and is told when they fire (curl_multi_socket_action(3)).
/// Its callbacks come from inside its own calls, so nothing here calls back into it from them: a timer due now waits
/// for the loop, and transfers end only after the call has returned. Deadlines are not libcurl's but the caller's, who
/// stops the transfer.
final class MultiHandle {
    /// Against missed wake-ups in libcurl, and the beat at which the pace of bodies is checked.
    private static let safetyInterval = Duration.milliseconds(500)

    private let loop: EventLoop
    private let idleConnections: Int
    private var raw: UnsafeMutableRawPointer?
    private var watches: [Int32: SocketWatch] = [:]
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    private var timer: LoopTimer?
    private var safetyTick: LoopTimer?
    /// libcurl's open sockets, with their local ports once those were asked for.
    private var sockets: [Int32: UInt16?] = [:]
    private(set) var connectionsOpened: UInt64 = 0

    /// - Parameter idleConnections: how many open connections are kept for reuse, in all.
    init(loop: EventLoop, idleConnections: Int) {
        self.loop = loop
        self.idleConnections = idleConnections
    }

    var openSockets: Int { sockets.count }

    // MARK: Transfers

    /// Starts a transfer; `onEnd` follows unless it is stopped first. Call on the loop.
    func start(_ transfer: Transfer) throws(FetchFailure) {
        loop.preconditionIsCurrent()
        let easy = transfer.easy
        guard let raw = raw ?? open() else { throw transfer.failure(.connect, "libcurl is out of memory") }
        do throws(EasyHandle.Refusal) {
            // Connections outlive their transfers, so their sockets are closed by way of the multi handle.
            try easy.check(ccurl_set_close_socket_callback(easy.raw, multiCloseSocket))
            try easy.set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
        } catch {
            throw transfer.failure(.connect, "libcurl is out of memory")
        }
        transfer.onSocket = { [unowned self] descriptor in
            sockets[descriptor] = .some(nil)
            connectionsOpened += 1
        }
        transfer.hasPendingInput = { [unowned self] in hasPendingInput(localPort: $0) }
        transfers[easy.raw] = transfer
        guard curl_multi_add_handle(raw, easy.raw) == CURLM_OK else {
            transfers[easy.raw] = nil
            throw transfer.failure(.connect, "libcurl refused the transfer")
        }
        if safetyTick == nil { scheduleSafetyTick() }
    }

    /// Lets what is paused of a transfer go on. Call on the loop, never from inside libcurl: libcurl brings what it
    /// held back before this returns, and the rest from the next turn on (curl_easy_pause(3)).
    func resume(_ transfer: Transfer, _ direction: Transfer.Directions) {
        guard transfers[transfer.easy.raw] != nil, !transfer.paused.isDisjoint(with: direction) else { return }
        transfer.paused.subtract(direction)
        let code = curl_easy_pause(transfer.easy.raw, transfer.paused.rawValue)
        guard code != CURLE_OK else { return }
        let (onEnd, result) = (transfer.onEnd, transfer.result(of: code))
        stop(transfer)
        onEnd?(result)
    }

    /// Takes a transfer out, whatever its state; `onEnd` does not follow. Stopping twice does nothing.
    func stop(_ transfer: Transfer) {
        guard transfers.removeValue(forKey: transfer.easy.raw) != nil else { return }
        transfer.onEnd = nil
        curl_multi_remove_handle(raw, transfer.easy.raw)
    }

    /// Ends every transfer with `kind` and closes every connection. Call on the loop. Starting again is possible.
    func close(_ kind: FetchFailure.Kind, _ detail: String) {
        let ended = Array(transfers.values)
        transfers.removeAll()
        for transfer in ended { curl_multi_remove_handle(raw, transfer.easy.raw) }
        if let raw { curl_multi_cleanup(raw) }
        raw = nil
        for watch in watches.values { watch.cancel() }
        watches.removeAll()
        timer?.cancel()
        safetyTick?.cancel()
        timer = nil
        safetyTick = nil
        for transfer in ended { transfer.end(.failure(transfer.failure(kind, detail))) }
    }

    private func open() -> UnsafeMutableRawPointer? {
        guard let raw = curl_multi_init() else { return nil }
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_callbacks(raw, multiSocket, multiTimer, context)
        ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, idleConnections)
        self.raw = raw
        return raw
    }

    // MARK: What the loop says

    func act(on descriptor: Int32, _ events: IOEvents) {
        var mask: Int32 = 0
        if events.contains(.readable) { mask |= CURL_CSELECT_IN }
        if events.contains(.writable) { mask |= CURL_CSELECT_OUT }
        if !events.isDisjoint(with: [.hangup, .failure]) { mask |= CURL_CSELECT_ERR }
        run(descriptor, mask)
    }

    private func run(_ descriptor: Int32, _ mask: Int32) {
        guard let raw else { return }
        var running: Int32 = 0
        guard curl_multi_socket_action(raw, descriptor, mask, &running) == CURLM_OK else {
            // libcurl's manual: the handle is of no further use.
            return close(.connect, "libcurl lost track of its transfers")
        }
        endFinished()
    }

    private func endFinished() {
        var left: Int32 = 0
        while let raw, let message = curl_multi_info_read(raw, &left) {
            // The message dies with the removal below.
            let (kind, easy, code) = (message.pointee.msg, message.pointee.easy_handle, message.pointee.data.result)
            guard kind == CURLMSG_DONE, let easy, let transfer = transfers.removeValue(forKey: easy) else { continue }
            let result = transfer.result(of: code)
            curl_multi_remove_handle(raw, easy)
            transfer.end(result)
        }
    }

    private func scheduleSafetyTick() {
        safetyTick = loop.schedule(after: Self.safetyInterval) { [weak self] in
            guard let self else { return }
            safetyTick = nil
            run(CURL_SOCKET_BAD, 0)
            endSlow()
            if !transfers.isEmpty, safetyTick == nil { scheduleSafetyTick() }
        }
    }

    private func endSlow() {
        let now = loop.now
        for transfer in transfers.values.filter({ $0.isTooSlow(at: now) }) {
            let onEnd = transfer.onEnd
            stop(transfer)
            onEnd?(.failure(transfer.failure(.timeout, "the body arrives too slowly")))
        }
    }

    // MARK: What libcurl says

    fileprivate func setTimer(milliseconds: Int) {
        timer?.cancel()
        timer = nil
        guard milliseconds >= 0 else { return }
        // The loop's own clock stands still during a batch of events.
        timer = loop.schedule(at: .current + .milliseconds(milliseconds)) { [weak self] in
            self?.timer = nil
            self?.run(CURL_SOCKET_BAD, 0)
        }
    }

    fileprivate func watch(_ descriptor: Int32, for what: Int32) {
        let interest: IOEvents
        switch what {
        case CURL_POLL_IN: interest = .readable
        case CURL_POLL_OUT: interest = .writable
        case CURL_POLL_INOUT: interest = [.readable, .writable]
        case CURL_POLL_REMOVE: return forget(descriptor)
        case _: interest = []
        }
        let watch = watches[descriptor] ?? SocketWatch(descriptor, of: self)
        watches[descriptor] = watch
        watch.watch(for: interest, on: loop)
    }

    /// Synchronous, because libcurl closes the socket next and the number comes back with the next connection.
    private func forget(_ descriptor: Int32) {
        watches.removeValue(forKey: descriptor)?.cancel()
    }

    fileprivate func closeSocket(_ descriptor: Int32) {
        forget(descriptor)
        Glibc.close(descriptor)
        sockets[descriptor] = nil
    }

    /// Another connection from the same port, to elsewhere, would give a false alarm and cost a new connection.
    private func hasPendingInput(localPort: UInt16) -> Bool {
        for (descriptor, port) in sockets {
            let port = port ?? boundPort(of: descriptor)
            sockets[descriptor] = .some(port)
            guard port == localPort else { continue }
            var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&query, 1, 0) != 0 { return true }
        }
        return false
    }

    /// `nil` while the socket has no port.
    private func boundPort(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            // Safe: sockaddr_storage is made to be seen as any sockaddr.
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return nil }
                return SocketAddress(address).map(\.port).flatMap { $0 > 0 ? $0 : nil }
            }
        }
    }
}

private func multi(_ context: UnsafeMutableRawPointer?) -> MultiHandle {
    guard let context else { preconditionFailure("libcurl lost its context.") }
    // Safe: the multi handle's owner closes it before it lets go of it, and libcurl calls no later.
    return Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue()
}

/// CURLMOPT_SOCKETFUNCTION(3).
@c private func multiSocket(
    _ easy: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t, _ what: CInt, _ context: UnsafeMutableRawPointer?,
    _ assigned: UnsafeMutableRawPointer?
) -> CInt {
    multi(context).watch(descriptor, for: what)
    return 0
}

/// CURLMOPT_TIMERFUNCTION(3).
@c private func multiTimer(
    _ handle: UnsafeMutableRawPointer?, _ milliseconds: CLong, _ context: UnsafeMutableRawPointer?
) -> CInt {
    multi(context).setTimer(milliseconds: milliseconds)
    return 0
}

/// CURLOPT_CLOSESOCKETFUNCTION(3).
@c private func multiCloseSocket(_ context: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t) -> CInt {
    multi(context).closeSocket(descriptor)
    return 0
}
