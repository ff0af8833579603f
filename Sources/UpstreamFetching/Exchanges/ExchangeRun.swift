import EventLoops
import HTTPCaching

/// One attempt at an exchange, from its start to its end: what has come of the answer and is not yet read, what is
/// still to go out, and whose turn it is. Loop-confined.
final class ExchangeRun: BodySink {
    /// How many bytes wait for their reader before the origin has to.
    static let mostUnread = 128 * 1024

    enum End {
        case whole
        case failed(FetchFailure)
    }

    let authority: String
    /// Resumed once, with the final head or with why there is none.
    let headWait = Wait<Result<ExchangeHead, FetchFailure>>()
    private let loop: EventLoop
    private let multi: MultiHandle
    private let isHead: Bool
    private let onInterim: (@Sendable (Int, HeaderFields) -> Void)?
    private let feed: RequestFeed
    private let streams: Bool
    private let sendsBody: Bool
    /// Some of a streamed request's body has gone out, and not all.
    private var isSending = false
    private var transfer: Transfer?
    private var framing: BodyFraming?
    private var isError = false
    private var unread: [UInt8] = []
    private var reader: Wait<Result<[UInt8]?, FetchFailure>>?
    private var patience: Patience
    private var timer: (due: MonotonicTime, timer: LoopTimer)?
    private var end: End?
    private var onEnd: ((UInt64) -> Void)?
    /// See ``Transfer/metDeadConnection``.
    private(set) var metDeadConnection = false
    private var received: UInt64 = 0

    init(_ plan: ExchangePlan, multi: MultiHandle, loop: EventLoop) {
        authority = plan.transfer.url.authority
        self.loop = loop
        self.multi = multi
        isHead = plan.message.isHead
        onInterim = plan.onInterim
        feed = RequestFeed(plan.request.body, loop: loop)
        streams = plan.request.isStreamed
        sendsBody = plan.message.bodyLength != .none
        patience = Patience(
            timeout: plan.request.timeout, idleTimeout: plan.request.idleTimeout, headDeadline: plan.deadline,
            now: loop.now)
    }

    // MARK: Start and end

    /// Starts the transfer. Whatever becomes of it, ``headWait`` tells.
    func start(_ plan: TransferPlan) {
        feed.onEvent = { [unowned self] in hear($0) }
        feed.onTaken = { [unowned self] in supplied() }
        do throws(FetchFailure) {
            let transfer = try Transfer(plan, sink: self, feed: feed)
            transfer.onEnd = { [unowned self] in ended($0) }
            try multi.start(transfer)
            self.transfer = transfer
            watch()
        } catch {
            finish(.failed(error))
        }
    }

    /// Runs `work` with the count of bytes received when the run has ended: now, if it has.
    func whenEnded(_ work: @escaping (UInt64) -> Void) {
        if end == nil { onEnd = work } else { work(received) }
    }

    /// Nobody wants the answer any more.
    func cancel() {
        stop(FetchFailure(.cancelled, authority, "the caller gave up"))
    }

    func stop(_ failure: FetchFailure) {
        guard end == nil else { return }
        if let transfer { multi.stop(transfer) }
        finish(framing?.isWhole == true ? .whole : .failed(failure))
    }

    private func ended(_ result: Result<TransferResult, FetchFailure>) {
        metDeadConnection = transfer?.metDeadConnection ?? false
        switch (framing, result) {
        // Whatever came of the connection after the answer was there does not matter to it.
        case (let framing?, _) where framing.isWhole: finish(.whole)
        case (.untilClose, .success): finish(.whole)
        case (_, .failure(let failure)): finish(.failed(failure))
        case (_, .success):
            finish(.failed(FetchFailure(.malformedResponse, authority, "the body's framing is not well formed")))
        }
    }

    private func finish(_ end: End) {
        self.end = end
        transfer = nil
        isSending = false
        feed.cancel()
        timer?.timer.cancel()
        timer = nil
        if case .failed(let failure) = end { headWait.resume(.failure(failure)) }
        deliver()
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?(received)
    }

    // MARK: The reader

    /// Resumes `wait` with what is there, or when something is.
    func read(_ wait: Wait<Result<[UInt8]?, FetchFailure>>) {
        reader = wait
        deliver()
        guard end == nil, let transfer, transfer.paused.contains(.receiving), unread.isEmpty else { return }
        patience.progress(at: .current)
        multi.resume(transfer, .receiving)
        watch()
    }

    private func deliver() {
        guard let reader else { return }
        if !unread.isEmpty {
            let piece = unread
            unread = []
            self.reader = nil
            return reader.resume(.success(piece))
        }
        guard let end else { return }
        self.reader = nil
        switch end {
        case .whole: reader.resume(.success(nil))
        case .failed(let failure): reader.resume(.failure(failure))
        }
    }

    // MARK: What libcurl brings

    func interim(_ status: Int, _ fields: HeaderFields) {
        patience.progress(at: .current)
        // Nobody waits for a 100 here: the body goes out without.
        if status != 100 { onInterim?(status, fields) }
    }

    func begin(_ head: ResponseHead) -> Intake {
        patience.progress(at: .current)
        let framing = BodyFraming(head, isHead: isHead)
        self.framing = framing
        isError = head.status >= 300
        let fields = head.lines.filter { !$0.isNamed("transfer-encoding") }
        headWait.resume(
            .success(
                ExchangeHead(
                    status: head.status, protocolVersion: head.protocolVersion, fields: HeaderFields(fields),
                    contentLength: head.contentLength,
                    peer: transfer?.peer)))
        watch()
        // libcurl does not know that the answer to a HEAD with a body has none.
        return framing.isWhole && (isHead && sendsBody || isDeaf) ? .enough : .taken
    }

    /// Whether the origin has refused the request without waiting for its body (RFC 9112 section 9.5). libcurl would
    /// wait for the body's source.
    private var isDeaf: Bool { isError && !feed.isExhausted }

    func accept(_ bytes: UnsafeRawBufferPointer) -> Intake {
        guard unread.count < Self.mostUnread else { return .later }
        do throws(ChunkedBody.Fault) {
            let count = try framing?.accept(bytes) { unread.append(contentsOf: $0) } ?? 0
            patience.progress(at: .current)
            received += UInt64(count)
            deliver()
            // Octets beyond the end are nobody's, and a connection that has brought some is of no use to anybody.
            return count < bytes.count || framing?.isWhole == true && isDeaf ? .enough : .taken
        } catch {
            return .refused(.malformedResponse, error.reason)
        }
    }

    // MARK: The request's body

    private func hear(_ event: RequestFeed.Event) {
        switch event {
        case .refilled:
            guard let transfer else { return }
            patience.progress(at: .current)
            multi.resume(transfer, .sending)
            watch()
        case .broken(let reason):
            stop(FetchFailure(.cancelled, authority, reason))
        }
    }

    private func supplied() {
        guard streams else { return }
        isSending = !feed.isExhausted
        if isSending { patience.progress(at: .current) } else { patience.bodySent(at: .current) }
        watch()
    }

    // MARK: Time

    private var situation: Patience.Situation {
        Patience.Situation(
            isHeadComplete: framing != nil, isReaderFull: transfer?.paused.contains(.receiving) ?? false,
            isSending: isSending, isWaitingForSource: feed.isWaitingForSource)
    }

    /// Sets the timer for the moment the origin is given up. A moment that moves further off leaves it: it looks again.
    private func watch() {
        guard end == nil, let due = patience.deadline(in: situation) else { return }
        if let timer, timer.due <= due { return }
        timer?.timer.cancel()
        timer = (due, loop.schedule(at: due) { [weak self] in self?.check() })
    }

    private func check() {
        timer = nil
        guard end == nil, let due = patience.deadline(in: situation) else { return }
        guard due <= .current else { return watch() }
        let isIdle = Patience.wait(in: situation) == .idle
        stop(FetchFailure(.timeout, authority, isIdle ? "the origin fell silent" : "no answer in time"))
    }
}
