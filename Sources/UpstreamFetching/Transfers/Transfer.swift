import CCurl
import EventLoops
import Glibc
import HTTPCaching

/// One HTTP exchange under way: libcurl's callbacks end here. Loop-confined.
///
/// The transfer layer knows nothing of names, redirects, retries or whole bodies: its plan has vetted addresses, and
/// its bytes go to a ``BodySink``.
final class Transfer {
    let plan: TransferPlan
    /// Called once, on the loop, never from inside a call of libcurl.
    var onEnd: ((Result<TransferResult, FetchFailure>) -> Void)?
    /// Called from inside libcurl whenever a socket was made for this transfer.
    var onSocket: ((Int32) -> Void)?
    /// Called from inside libcurl: whether the open connection from this local port has something to read.
    var hasPendingInput: ((UInt16) -> Bool)?

    let easy: EasyHandle
    /// What stands still until ``MultiHandle/resume(_:_:)``.
    var paused: Directions = []
    private let sink: any BodySink
    private let feed: RequestFeed?
    private var head: ResponseHead
    private var pace: Pace?
    /// Who the request went to.
    private(set) var peer: SocketAddress?
    /// What a callback found wrong; explains libcurl's "aborted by callback".
    private var fault: FetchFailure?

    /// The two ways that bytes go. The raw values are those of curl_easy_pause(3).
    struct Directions: OptionSet {
        let rawValue: Int32

        static let receiving = Directions(rawValue: CURLPAUSE_RECV)
        static let sending = Directions(rawValue: CURLPAUSE_SEND)
    }

    /// - Parameter feed: where the request's body comes from, if the plan's message does not hold it.
    init(_ plan: TransferPlan, sink: any BodySink, feed: RequestFeed? = nil) throws(FetchFailure) {
        self.plan = plan
        self.sink = sink
        self.feed = feed
        switch plan.message {
        case .fetch(let message):
            head = ResponseHead()
            pace = Pace(message.pace)
        case .exchange:
            head = ResponseHead(.passedOn)
        }
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
        return pace?.isTooSlow(received: easy.size(CURLINFO_SIZE_DOWNLOAD_T), at: now) ?? false
    }

    // MARK: What libcurl calls

    /// Returns whether the transfer goes on.
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        do throws(ResponseHead.Fault) {
            switch try head.accept(Array(line)) {
            case .nothing: break
            case .interim(let status, let fields): sink.interim(status, fields)
            case .head: return noting(sink.begin(head)) == .taken
            }
            return true
        } catch {
            fault = failure(.malformedResponse, error.reason)
            return false
        }
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Intake {
        noting(sink.accept(bytes))
    }

    private func noting(_ intake: Intake) -> Intake {
        switch intake {
        case .taken, .enough: break
        case .later: paused.insert(.receiving)
        case .refused(let kind, let reason): fault = failure(kind, reason)
        }
        return intake
    }

    func supplyBody(_ buffer: UnsafeMutableRawBufferPointer) -> RequestFeed.Supply {
        let supply = feed?.fill(buffer) ?? .end
        if supply == .later { paused.insert(.sending) }
        return supply
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
        if descriptor >= 0 { onSocket?(descriptor) }
        return descriptor
    }

    /// Whether the request may go to this peer, now that it is about to: on open connections the only check there is.
    func approvesPeer(_ numericHost: String, port: Int, localPort: UInt16) -> Bool {
        guard let port = UInt16(exactly: port), let peer = SocketAddress(numericHost: numericHost, port: port) else {
            fault = failure(.refusedAddress, "the connection's peer is unknown")
            return false
        }
        if let reason = plan.gate.refusal(of: peer) {
            fault = failure(.refusedAddress, reason)
            return false
        }
        // What was said before it was asked is not the answer, though libcurl would take it for that.
        if plan.isHTTP1, usedOpenConnection, hasPendingInput?(localPort) ?? false {
            fault = failure(.truncated, "the open connection is out of step")
            return false
        }
        // When an open connection turns out dead, libcurl takes the next one, and the next: a broken upstream would get
        // the request once from each.
        guard !wasSent else {
            wouldBeSentAgain = true
            fault = failure(.truncated, "the open connection was dead")
            return false
        }
        wasSent = true
        self.peer = peer
        return feed?.rewind() ?? true
    }

    // MARK: The end

    /// What libcurl's closing code means for the caller.
    func result(of code: CURLcode) -> Result<TransferResult, FetchFailure> {
        guard code == CURLE_OK, fault == nil else {
            let failure = fault ?? failure(kind(of: code), Self.words(for: code))
            // libcurl repeats a request on a new connection by itself, but not one whose body it would have to rewind.
            metDeadConnection =
                !head.hasBegun
                && (code == CURLE_SEND_FAIL_REWIND || wouldBeSentAgain
                    || failure.kind == .truncated && usedOpenConnection)
            return .failure(failure)
        }
        guard head.isComplete else { return .failure(failure(.truncated, "the answer has no header section")) }
        return .success(
            TransferResult(status: head.status, fields: plainFields(), peer: peer, timings: timings))
    }

    /// The fields without those that describe bytes nobody sees any more.
    private func plainFields() -> [UpstreamField] {
        guard case .fetch(let message) = plan.message else { return [] }
        let isDecoded = head.isContentCoded && message.method != .head
        return head.fields.filter { field in
            switch field.name {
            case "transfer-encoding": false
            case "content-encoding", "content-length": !isDecoded
            case _: true
            }
        }
    }

    /// Whether a connection from the pool turned out dead before any of an answer had come: no fault of the host's.
    private(set) var metDeadConnection = false
    private var wasSent = false
    private var wouldBeSentAgain = false

    /// Whether it ran on a connection that was open already.
    private var usedOpenConnection: Bool { easy.number(CURLINFO_NUM_CONNECTS) == 0 }

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
