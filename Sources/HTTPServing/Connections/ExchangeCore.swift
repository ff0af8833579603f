import EventLoops

/// A request that was taken away, as its connection sees it. Confined to the loop.
final class ExchangeCore {
    enum Answer {
        case unanswered
        /// The head is out; the body follows in pieces.
        case streaming(ResponseWriter.Delimiter, ResponseWriter.Persistence)
        /// The caller writes the octets of the connection itself.
        case raw
        case complete
    }

    /// Interim answers to one request; more are not sent.
    private static let mostInterims = 16

    let request: Request
    private let loop: EventLoop
    private(set) var answer = Answer.unanswered
    let body: RequestBody
    /// `nil` once the answer is complete or the client is gone.
    private(set) var connection: ServerConnection?
    private(set) var onCancel: (() -> Void)?
    private(set) var onInputEnd: (() -> Void)?
    private var interims = 0
    /// Whether the client need not be told to send the body any more.
    private var isContinued = false
    private var drainWaiter: ((Result<Void, ClientGone>) -> Void)?

    init(_ request: Request, on connection: ServerConnection) {
        self.request = request
        self.connection = connection
        loop = connection.server.loop
        body = RequestBody(request.framing, timeout: connection.server.timeouts.body)
    }

    // MARK: Body

    func readBody(limit: Int, _ completion: @escaping RequestBody.WholeCompletion) {
        guard let connection else { return completion(.failure(.disconnected)) }
        if body.collect(limit: limit, at: connection.now, completion) { connection.startReadingBody(of: self) }
    }

    func nextBodyPiece(_ completion: @escaping RequestBody.PieceCompletion) {
        guard let connection else {
            return completion(body.isComplete ? .success(nil) : .failure(.disconnected))
        }
        if body.nextPiece(at: connection.now, completion) { connection.startReadingBody(of: self) }
    }

    /// Whether the client waits to be asked for the body. Says yes once.
    func takesExpectation() -> Bool {
        guard case .unanswered = answer, request.expectsContinue, !isContinued else { return false }
        isContinued = true
        return true
    }

    // MARK: Answer

    /// What the answer's head must say about the connection.
    private func persistence(on connection: ServerConnection) -> ResponseWriter.Persistence {
        guard body.isComplete, request.keepAlive, connection.server.mode == .serving else { return .close }
        return .keepAlive
    }

    func respond(_ write: (inout ResponseWriter) -> Void) {
        guard let connection else { return }
        guard case .unanswered = answer else { preconditionFailure("A request is answered once.") }
        let persistence = persistence(on: connection)
        let outcome = connection.write(for: request, persistence) { writer in
            write(&writer)
            if case .untouched = writer.stage { connection.server.answer(.unanswered, &writer) }
            if case .body(remaining: 0, isSent: _) = writer.stage { return writer.persistence }
            return .close
        }
        complete(outcome)
    }

    /// Sends an interim answer, unless it is one too many or the client has not taken what came before.
    func sendInterim(status: Int, fields: [UInt8]) {
        guard let connection, case .unanswered = answer, request.minorVersion == 1 else { return }
        guard (102...199).contains(status), interims < Self.mostInterims, connection.pending.isEmpty else { return }
        interims += 1
        connection.sendInterim(status: status, fields: fields)
        connection.settle()
    }

    /// Sends the head of an answer in pieces. `writeHead` writes status and fields.
    func beginStreaming(
        _ content: StreamHead.Content, status: Int, _ writeHead: (inout ResponseWriter) -> Void
    ) {
        guard let connection else { return }
        guard case .unanswered = answer else { preconditionFailure("A request is answered once.") }
        precondition((200...999).contains(status), "A final answer has a status from 200 to 999.")
        let endsConnection =
            content == .unknown && request.minorVersion == 0 && request.method != .head
            && StatusLine.allowsContent(status)
        let persistence = endsConnection ? .close : persistence(on: connection)
        answer = connection.write(for: request, persistence) { writer in
            writeHead(&writer)
            return .streaming(writer.finishStreamHead(content), persistence)
        }
        connection.settle()
    }

    func beginRaw() {
        guard case .unanswered = answer else { preconditionFailure("A request is answered once.") }
        answer = .raw
    }

    /// Sends a piece of a streamed or raw answer; completes when the client has taken enough for more to make sense.
    func write(_ piece: [UInt8], _ completion: @escaping (Result<Void, ClientGone>) -> Void) {
        guard let connection else { return completion(.failure(ClientGone())) }
        switch answer {
        case .streaming(.length(let remaining), let persistence):
            precondition(piece.count <= remaining, "The body is longer than its Content-Length.")
            answer = .streaming(.length(remaining - piece.count), persistence)
            connection.send(piece)
        case .streaming(.chunks, _): if !piece.isEmpty { connection.sendChunk(piece) }
        case .streaming(.connectionEnd, _), .raw: connection.send(piece)
        case .streaming(.none, _): break
        case .unanswered, .complete: preconditionFailure("The answer has no head, or is complete.")
        }
        connection.settle()
        waitForDrain(completion)
    }

    private func waitForDrain(_ completion: @escaping (Result<Void, ClientGone>) -> Void) {
        guard let connection else { return completion(.failure(ClientGone())) }
        if connection.pending.count <= ServerConnection.pendingHighWater { return completion(.success(())) }
        precondition(drainWaiter == nil, "One piece is written at a time.")
        drainWaiter = completion
    }

    func outputDrained(to count: Int) {
        guard count <= ServerConnection.pendingLowWater, let waiter = drainWaiter else { return }
        drainWaiter = nil
        waiter(.success(()))
    }

    func finish() {
        guard let connection else { return }
        switch answer {
        case .streaming(.chunks, let persistence):
            connection.sendLastChunk()
            complete(persistence)
        case .streaming(.length(let remaining), let persistence): complete(remaining == 0 ? persistence : .close)
        case .streaming(.none, let persistence): complete(persistence)
        case .streaming(.connectionEnd, _), .raw: complete(.close)
        case .unanswered, .complete: preconditionFailure("The answer has no head, or is complete.")
        }
    }

    /// Ends the answer before its end, in a way that the client can tell.
    func truncate() {
        switch answer {
        case .streaming(.chunks, _), .streaming(.length, _), .streaming(.none, _): complete(.close)
        case .streaming(.connectionEnd, _), .raw, .unanswered, .complete: abort()
        }
    }

    func abort() {
        answer = .complete
        detach()?.reset()
    }

    /// The answer is out, as far as this exchange goes: the connection moves on.
    private func complete(_ persistence: ResponseWriter.Persistence) {
        answer = .complete
        let isBodyRead = body.isComplete
        guard let connection = detach() else { return }
        connection.exchangeCompleted(persistence == .keepAlive ? .nextRequest : isBodyRead ? .close : .linger)
    }

    /// Lets go of the connection and of everything that might keep others alive.
    @discardableResult
    private func detach() -> ServerConnection? {
        let connection = connection
        self.connection = nil
        onCancel = nil
        onInputEnd = nil
        body.fail(.disconnected)
        if let waiter = drainWaiter {
            drainWaiter = nil
            waiter(.failure(ClientGone()))
        }
        return connection
    }

    // MARK: What the connection reports

    /// Whoever asks too late is told later, never inside the call.
    func setCancellation(_ report: (() -> Void)?) {
        if connection != nil { return onCancel = report }
        if case .complete = answer { return }
        Self.later(report, on: loop)
    }

    func setInputEnd(_ report: (() -> Void)?) {
        if let connection, connection.inputEnd == .reached { return Self.later(report, on: loop) }
        onInputEnd = report
    }

    private static func later(_ report: (() -> Void)?, on loop: EventLoop) {
        guard let report else { return }
        let bound = LoopBound(report, on: loop)
        loop.execute { bound.value() }
    }

    func inputEnded() {
        body.fail(.incomplete)
        let report = onInputEnd
        onInputEnd = nil
        report?()
    }

    func connectionLost() {
        let report = onCancel
        detach()
        report?()
    }

    /// Nobody is left who could answer.
    func abandoned() {
        switch answer {
        case .unanswered: respond { _ in }
        case .streaming, .raw: abort()
        case .complete: break
        }
    }
}
