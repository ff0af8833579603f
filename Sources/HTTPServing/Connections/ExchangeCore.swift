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

    enum Body {
        case unread
        case reading(BodyReader, deadline: UInt64, (Result<[UInt8], BodyFailure>) -> Void)
        case complete
        /// What is left of it cannot be told from the next request.
        case failed
    }

    let request: Request
    private let loop: EventLoop
    private(set) var answer = Answer.unanswered
    private(set) var body: Body
    /// `nil` once the answer is complete or the client is gone.
    private(set) var connection: ServerConnection?
    private(set) var onCancel: (() -> Void)?
    private(set) var onInputEnd: (() -> Void)?
    private var drainWaiter: ((Result<Void, ClientGone>) -> Void)?

    init(_ request: Request, on connection: ServerConnection) {
        self.request = request
        self.connection = connection
        loop = connection.server.loop
        body = request.framing == .none ? .complete : .unread
    }

    // MARK: Body

    func readBody(limit: Int, _ completion: @escaping (Result<[UInt8], BodyFailure>) -> Void) {
        guard let connection else { return completion(.failure(.disconnected)) }
        switch body {
        case .complete: return completion(.success([]))
        case .failed: return completion(.failure(.disconnected))
        case .reading: preconditionFailure("The body is being read already.")
        case .unread: break
        }
        do throws(BodyFailure) {
            let reader = try BodyReader(request.framing, limit: limit)
            let deadline = connection.now &+ connection.server.timeouts.body
            body = .reading(reader, deadline: deadline, completion)
        } catch {
            body = .failed
            return completion(.failure(error))
        }
        connection.startReadingBody(of: self)
    }

    /// Takes what belongs to the body and returns how many octets that was.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard case .reading(var reader, let deadline, let completion) = body else { return 0 }
        // Unshared while it grows.
        body = .failed
        var offset = 0
        do throws(BodyFailure) {
            if try reader.take(bytes, from: &offset) {
                body = .complete
                completion(.success(reader.content))
            } else {
                body = .reading(reader, deadline: deadline, completion)
            }
        } catch {
            completion(.failure(error))
        }
        return offset
    }

    func failBody(_ failure: BodyFailure) {
        guard case .reading(_, _, let completion) = body else { return }
        body = .failed
        completion(.failure(failure))
    }

    var isReadingBody: Bool {
        if case .reading = body { true } else { false }
    }

    var bodyDeadline: UInt64 {
        if case .reading(_, let deadline, _) = body { deadline } else { .max }
    }

    // MARK: Answer

    /// What the answer's head must say about the connection.
    private func persistence(on connection: ServerConnection) -> ResponseWriter.Persistence {
        guard case .complete = body, request.keepAlive, connection.server.mode == .serving else { return .close }
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

    func beginStreaming(status: Int, fields: [(name: String, value: String)], contentLength: Int?) {
        guard let connection else { return }
        guard case .unanswered = answer else { preconditionFailure("A request is answered once.") }
        let isOpenEnded = contentLength == nil && request.minorVersion == 0 && request.method != .head
        let persistence = isOpenEnded ? .close : persistence(on: connection)
        answer = connection.write(for: request, persistence) { writer in
            writer.writeStatus(status)
            for field in fields { writer.writeField(name: field.name, value: field.value) }
            return .streaming(writer.finishStreamHead(contentLength: contentLength), persistence)
        }
        connection.settle()
    }

    func beginRaw() {
        guard case .unanswered = answer else { preconditionFailure("A request is answered once.") }
        answer = .raw
    }

    /// Sends a piece of a streamed or raw answer; completes when the client has taken enough for more to make sense.
    func write(_ bytes: UnsafeRawBufferPointer, _ completion: @escaping (Result<Void, ClientGone>) -> Void) {
        guard let connection else { return completion(.failure(ClientGone())) }
        switch answer {
        case .streaming(.length(let remaining), let persistence):
            precondition(bytes.count <= remaining, "The body is longer than its Content-Length.")
            answer = .streaming(.length(remaining - bytes.count), persistence)
            connection.send(bytes)
        case .streaming(.chunks, _): if !bytes.isEmpty { connection.sendChunk(bytes) }
        case .streaming(.connectionEnd, _), .raw: connection.send(bytes)
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

    func abort() {
        answer = .complete
        detach()?.reset()
    }

    /// The answer is out, as far as this exchange goes: the connection moves on.
    private func complete(_ persistence: ResponseWriter.Persistence) {
        answer = .complete
        let isBodyRead = if case .complete = body { true } else { false }
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
        failBody(.disconnected)
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
        failBody(.incomplete)
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
