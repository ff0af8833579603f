import CCurl
import EventLoops
import Glibc

/// One HTTP exchange under way: libcurl's callbacks end here. Loop-confined.
///
/// The transfer layer knows nothing of names, redirects, retries or whole bodies: its plan has vetted addresses, and
/// its bytes go to a ``BodySink``.
final class Transfer {
    let plan: TransferPlan
    /// Called once, on the loop, never from inside a call of libcurl.
    var onEnd: ((Result<TransferResult, FetchFailure>) -> Void)?
    /// Called from inside libcurl whenever a socket was made for this transfer.
    var onSocket: (() -> Void)?

    let easy: EasyHandle
    private let sink: any BodySink
    private var head = ResponseHead()
    private var pace: Pace
    /// What a callback found wrong; explains libcurl's "aborted by callback".
    private var fault: FetchFailure?

    init(_ plan: TransferPlan, sink: any BodySink) throws(FetchFailure) {
        self.plan = plan
        self.sink = sink
        pace = Pace(plan.pace)
        do throws(EasyHandle.Refusal) {
            easy = try EasyHandle()
            try easy.configure(for: plan)
            try easy.installCallbacks(context: Unmanaged.passUnretained(self).toOpaque(), pinned: !plan.url.isIPv6)
        } catch {
            throw FetchFailure(.connect, plan.url.authority, "libcurl: \(Self.words(for: error.code))")
        }
    }

    func end(_ result: Result<TransferResult, FetchFailure>) {
        let onEnd = self.onEnd
        self.onEnd = nil
        onEnd?(result)
    }

    func failure(_ kind: FetchFailure.Kind, _ detail: String) -> FetchFailure {
        FetchFailure(kind, plan.url.authority, detail)
    }

    /// Whether the body arrives too slowly to go on with it.
    func isTooSlow(at now: MonotonicTime) -> Bool {
        guard head.isComplete else { return false }
        return pace.isTooSlow(received: easy.size(CURLINFO_SIZE_DOWNLOAD_T), at: now)
    }

    // MARK: What libcurl calls

    /// Returns whether the transfer goes on.
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        let wasComplete = head.isComplete
        do throws(ResponseHead.Fault) {
            try head.accept(Array(line))
        } catch {
            fault = failure(.malformedResponse, error.reason)
            return false
        }
        guard head.isComplete, !wasComplete else { return true }
        return goesOn(sink.begin(head))
    }

    /// Returns whether the transfer goes on.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        goesOn(sink.accept(bytes))
    }

    private func goesOn(_ kind: FetchFailure.Kind?) -> Bool {
        guard let kind else { return true }
        fault = failure(kind, kind == .tooLarge ? "the body is larger than allowed" : "the reader gave up")
        return false
    }

    /// A socket for an address libcurl is about to connect to; -1 when it must not.
    func openSocket(to address: SocketAddress?, family: Int32, type: Int32, protocolNumber: Int32) -> Int32 {
        guard let address, plan.pins.contains(address) else {
            fault = failure(.refusedAddress, "the connection would go to an address that was not vetted")
            return -1
        }
        if let reason = plan.gate.refusal(of: address) {
            fault = failure(.refusedAddress, reason)
            return -1
        }
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type | flags, protocolNumber)
        if descriptor >= 0 { onSocket?() }
        return descriptor
    }

    /// Whether the request may go to this peer: on open connections the only check there is.
    func approvesPeer(_ numericHost: String, port: Int) -> Bool {
        guard let port = UInt16(exactly: port), let peer = SocketAddress(numericHost: numericHost, port: port) else {
            fault = failure(.refusedAddress, "the connection's peer is unknown")
            return false
        }
        guard let reason = plan.gate.refusal(of: peer) else { return true }
        fault = failure(.refusedAddress, reason)
        return false
    }

    // MARK: The end

    /// What libcurl's closing code means for the caller.
    func result(of code: CURLcode) -> Result<TransferResult, FetchFailure> {
        if let fault { return .failure(fault) }
        guard code == CURLE_OK else { return .failure(failure(kind(of: code), Self.words(for: code))) }
        guard head.isComplete else { return .failure(failure(.truncated, "the answer has no header section")) }
        return .success(
            TransferResult(status: head.status, fields: plainFields(), peer: peer, timings: timings))
    }

    /// The fields without those that describe bytes nobody sees any more.
    private func plainFields() -> [UpstreamField] {
        let isDecoded = head.isContentCoded && plan.method != .head
        return head.fields.filter { field in
            switch field.name {
            case "transfer-encoding": false
            case "content-encoding", "content-length": !isDecoded
            case _: true
            }
        }
    }

    private var peer: SocketAddress? {
        guard let host = easy.text(CURLINFO_PRIMARY_IP),
            let port = UInt16(exactly: easy.number(CURLINFO_PRIMARY_PORT))
        else { return nil }
        return SocketAddress(numericHost: host, port: port)
    }

    /// Whether it ran on a connection that was open already.
    var usedOpenConnection: Bool { easy.number(CURLINFO_NUM_CONNECTS) == 0 }

    var hasReceivedNothing: Bool { !head.hasBegun }

    private var timings: UpstreamTimings {
        var timings = UpstreamTimings()
        timings.usedOpenConnection = usedOpenConnection
        timings.firstByte = easy.duration(CURLINFO_STARTTRANSFER_TIME_T)
        timings.transfer = easy.duration(CURLINFO_TOTAL_TIME_T)
        if !timings.usedOpenConnection {
            let connected = easy.duration(CURLINFO_CONNECT_TIME_T)
            timings.connecting = max(connected, easy.duration(CURLINFO_APPCONNECT_TIME_T))
        }
        return timings
    }

    private func kind(of code: CURLcode) -> FetchFailure.Kind {
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .connect
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            .truncated
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_WRITE_ERROR,
            CURLE_OUT_OF_MEMORY:
            .malformedResponse
        case _: .truncated
        }
    }

    private static func words(for code: CURLcode) -> String {
        curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    }
}
