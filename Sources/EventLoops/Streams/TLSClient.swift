private import COpenSSL

/// How to speak TLS to one kind of peer: what to trust, and which name to demand. TLS 1.2 and newer only.
public struct TLSClient: Sendable {
    /// Whom to believe.
    public enum Trust: Sendable, Hashable {
        /// The system's certificate authorities.
        case system
        /// The authorities in this PEM file alone.
        case file(String)
        /// Anybody: encryption without knowing the peer.
        case anyone
    }

    private let context: TLSContext
    let serverName: String

    /// Prepares a context. `serverName` is sent as SNI and must be in the peer's certificate (RFC 6125); an IP address
    /// literal is matched against the certificate's addresses. Throws when the trust file cannot be read.
    public init(serverName: String, trust: Trust = .system) throws(StreamError) {
        self.serverName = serverName
        context = try TLSContext(trust: trust)
    }

    private init(serverName: String, context: TLSContext) {
        self.serverName = serverName
        self.context = context
    }

    /// The same for a peer of another name.
    public func naming(_ serverName: String) -> TLSClient {
        TLSClient(serverName: serverName, context: context)
    }

    func session() throws(StreamError) -> TLSSession {
        try TLSSession(context: context, serverName: serverName)
    }
}

/// Owns an `SSL_CTX`.
///
/// Safe: OpenSSL's contexts are reference-counted and may be used from several threads once set up; this one is set up
/// inside `init` and never changed.
final class TLSContext: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer
    fileprivate let verifies: Bool

    init(trust: TLSClient.Trust) throws(StreamError) {
        guard let pointer = SSL_CTX_new(TLS_client_method()) else { throw StreamError.tls(TLSSession.lastError()) }
        self.pointer = pointer
        verifies = trust != .anyone
        guard copenssl_set_minimum_tls12(pointer) == 1 else { throw StreamError.tls(TLSSession.lastError()) }
        let isLoaded =
            switch trust {
            case .system: SSL_CTX_set_default_verify_paths(pointer) == 1
            case .file(let path): SSL_CTX_load_verify_locations(pointer, path, nil) == 1
            case .anyone: true
            }
        guard isLoaded else { throw StreamError.tls("cannot read the trusted certificates: \(TLSSession.lastError())") }
        SSL_CTX_set_verify(pointer, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
    }

    deinit {
        SSL_CTX_free(pointer)
    }
}

/// One TLS connection as a transformation of bytes, by OpenSSL over memory BIOs: no socket, so it works on any stream.
/// Confined to the loop of the stream that uses it.
final class TLSSession {
    /// What came of a step.
    enum Progress {
        case handshaking
        case established
    }

    private let context: TLSContext
    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    init(context: TLSContext, serverName: String) throws(StreamError) {
        guard let session = SSL_new(context.pointer), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw StreamError.tls(Self.lastError()) }
        self.context = context
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
        SSL_set_bio(session, incoming, outgoing)
        SSL_set_connect_state(session)
        let isAddress = SocketAddress(numericHost: serverName, port: 0) != nil
        if isAddress {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), serverName)
        } else {
            _ = copenssl_set_server_name(session, serverName)
            SSL_set1_host(session, serverName)
        }
    }

    deinit {
        // Frees both BIOs too.
        SSL_free(session)
    }

    /// Takes bytes from the wire.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        BIO_write(incoming, bytes.baseAddress, Int32(bytes.count))
    }

    /// Goes on with the handshake as far as the fed bytes allow.
    func handshake() throws(StreamError) -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return .established }
        if SSL_get_error(session, result) == SSL_ERROR_WANT_READ { return .handshaking }
        let verdict = SSL_get_verify_result(session)
        if context.verifies, verdict != X509_V_OK {
            throw StreamError.tls("certificate refused: \(String(cString: X509_verify_cert_error_string(verdict)))")
        }
        throw StreamError.tls(Self.lastError())
    }

    /// Decrypts everything available, calling `deliver` with each piece. Returns false when the peer closed the session.
    func read(_ deliver: (UnsafeRawBufferPointer) -> Void) throws(StreamError) -> Bool {
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            ERR_clear_error()
            let count = SSL_read(session, &piece, Int32(piece.count))
            if count > 0 {
                piece.withUnsafeBytes { deliver(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
                continue
            }
            switch SSL_get_error(session, count) {
            case SSL_ERROR_WANT_READ: return true
            case SSL_ERROR_ZERO_RETURN: return false
            case _: throw StreamError.tls(Self.lastError())
            }
        }
    }

    /// Encrypts bytes; the result waits in ``takeOutput()``. Call once established.
    func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        guard bytes.count > 0 else { return }
        ERR_clear_error()
        guard SSL_write(session, bytes.baseAddress, Int32(bytes.count)) > 0 else {
            throw StreamError.tls(Self.lastError())
        }
    }

    /// Bytes for the wire, empty when there are none.
    func takeOutput() -> [UInt8] {
        let pending = Int(copenssl_pending(outgoing))
        guard pending > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(pending))))
        }
    }

    static func lastError() -> String {
        let code = ERR_get_error()
        guard code != 0 else { return "the peer broke the connection off" }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "unknown" }
    }
}
