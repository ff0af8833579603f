import CCurl
import EventLoops
import Glibc

extension EasyHandle {
    /// Routes libcurl's callbacks to the transfer behind `context`, which must outlive this handle's time in a multi
    /// handle.
    ///
    /// - Parameter pinned: whether libcurl must never look a name up.
    func installCallbacks(context: UnsafeMutableRawPointer, pinned: Bool) throws(Refusal) {
        try check(ccurl_set_write_callback(raw, CURLOPT_HEADERFUNCTION, transferHeaderLine))
        try set(CURLOPT_HEADERDATA, pointer: context)
        try check(ccurl_set_write_callback(raw, CURLOPT_WRITEFUNCTION, transferBody))
        try set(CURLOPT_WRITEDATA, pointer: context)
        // The two kinds of callback have the same type.
        try check(ccurl_set_write_callback(raw, CURLOPT_READFUNCTION, transferSupply))
        try set(CURLOPT_READDATA, pointer: context)
        try check(ccurl_set_open_socket_callback(raw, transferOpenSocket))
        try set(CURLOPT_OPENSOCKETDATA, pointer: context)
        try check(ccurl_set_prereq_callback(raw, transferPrereq))
        try set(CURLOPT_PREREQDATA, pointer: context)
        if pinned { try check(ccurl_set_resolver_callback(raw, transferResolverStart)) }
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { preconditionFailure("libcurl lost a transfer's context.") }
    // Safe: the multi handle keeps the transfer until its easy handle is removed, and libcurl calls no sooner or later.
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

/// CURLOPT_HEADERFUNCTION(3).
@c private func transferHeaderLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context).receiveHeaderLine(line) ? line.count : -1
}

/// CURLOPT_WRITEFUNCTION(3).
@c private func transferBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    switch transfer(context).receiveBody(piece) {
    case .taken: return piece.count
    case .later: return Int(CURL_WRITEFUNC_PAUSE)
    case .enough, .refused: return -1
    }
}

/// CURLOPT_READFUNCTION(3).
@c private func transferSupply(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    switch transfer(context).supplyBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) {
    case .bytes(let count): return count
    case .later: return Int(CURL_READFUNC_PAUSE)
    case .end: return 0
    }
}

/// CURLOPT_OPENSOCKETFUNCTION(3).
@c private func transferOpenSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address else { return -1 }
    // Safe: `addr` heads a buffer of `addrlen` bytes that holds a whole address of its family.
    let family = UnsafeRawPointer(address).advanced(by: addressOffset).assumingMemoryBound(to: sockaddr.self)
    return transfer(context).openSocket(
        to: SocketAddress(family), family: address.pointee.family, type: address.pointee.socktype,
        protocolNumber: address.pointee.protocol)
}

private let addressOffset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 16

/// CURLOPT_PREREQFUNCTION(3): for every request, on new and on open connections.
@c private func transferPrereq(
    _ context: UnsafeMutableRawPointer?, _ peer: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
    _ peerPort: CInt, _ localPort: CInt
) -> CInt {
    guard let peer else { return CURL_PREREQFUNC_ABORT }
    let isApproved = transfer(context).approvesPeer(
        String(cString: peer), port: Int(peerPort), localPort: UInt16(truncatingIfNeeded: localPort))
    return isApproved ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// CURLOPT_RESOLVER_START_FUNCTION(3): names were resolved and pinned before, so a look-up is a bug.
@c private func transferResolverStart(
    _ state: UnsafeMutableRawPointer?, _ reserved: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?
) -> CInt {
    1
}
