public import EventLoops
import Synchronization

/// A request that is answered later. It is answered exactly once, by one of ``respond(_:)-swift.method``,
/// ``beginStreaming(_:)``, ``beginStreaming(status:fields:contentLength:)`` and ``writeRaw(_:)``; when the last reference to it goes before
/// that, the client gets a 500.
///
/// May be carried anywhere, but every member except ``request``, ``loop`` and ``nextBodyPiece()`` belongs to the loop
/// and traps elsewhere.
/// Once the client is gone, answering does nothing and writing throws.
public final class Exchange: Sendable {
    public let request: Request
    public let loop: EventLoop
    /// When the loop learnt of the request's head.
    public let start: MonotonicTime
    private let core: LoopBound<ExchangeCore>

    init(_ core: ExchangeCore, on loop: EventLoop) {
        request = core.request
        self.loop = loop
        start = loop.now
        self.core = LoopBound(core, on: loop)
    }

    deinit {
        let core = core
        loop.execute { core.value.abandoned() }
    }

    /// Called once when the client has gone away, or has taken nothing for too long, before the answer is complete; if
    /// that has happened before it is set, soon. A client that only closes its sending side is still there.
    public var onCancel: (() -> Void)? {
        get { core.value.onCancel }
        set { core.value.setCancellation(newValue) }
    }

    /// Called once when the client closes its sending side before the answer is complete; if that has happened before
    /// it is set, soon. The client may still wait for the answer, and most that do this do not.
    public var onInputEnd: (() -> Void)? {
        get { core.value.onInputEnd }
        set { core.value.setInputEnd(newValue) }
    }

    // MARK: Request body

    /// The whole body, decoded. Sends 100 Continue when the client waits for it. Once per request.
    ///
    /// Throws when the body is larger than `limit`, malformed, or late; the answer then closes the connection.
    public func readBody(limit: Int) async throws(BodyFailure) -> [UInt8] {
        let core = core.value
        return try await withCheckedContinuation { continuation in
            core.readBody(limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Octets of content that ``nextBodyPiece()`` gives at most, `nil` for no limit. Set it before the first piece.
    public var bodyLimit: Int? {
        get { core.value.body.pieceLimit }
        set { core.value.body.pieceLimit = newValue }
    }

    /// The next piece of the body, decoded, of at most 64 KiB; `nil` at its end. For bodies too large to hold: between
    /// two calls the client's octets stay in the kernel, so that a slow taker slows the client. Sends 100 Continue at
    /// the first call when the client waits for it. Trailers are checked and discarded. From any context, one call at a
    /// time; a body that was begun so is not for ``readBody(limit:)``.
    ///
    /// Throws when the body is larger than ``bodyLimit``, malformed, ends early, or nothing of it has come for
    /// ``ServerTimeouts/body``; the answer then closes the connection. So does one that is given before the end.
    public func nextBodyPiece() async throws(BodyFailure) -> [UInt8]? {
        if loop.isCurrent { return try await nextBodyPieceOnLoop().get() }
        return try await Task(executorPreference: loop) { await self.nextBodyPieceOnLoop() }.value.get()
    }

    private func nextBodyPieceOnLoop() async -> Result<[UInt8]?, BodyFailure> {
        let core = core.value
        return await withCheckedContinuation { continuation in
            core.nextBodyPiece { continuation.resume(returning: $0) }
        }
    }

    // MARK: Interim answers

    /// Sends an interim answer such as 103 Early Hints (RFC 9110 section 15.2) before the final one. `fields` are
    /// finished lines, each with its CRLF.
    ///
    /// Does nothing to an HTTP/1.0 client, after the final answer has begun, for 100, which the server sees to, and for
    /// 101. Interim answers may be lost: those after the sixteenth, and those that come while the client has not taken
    /// what was sent before.
    public func sendInterim(status: Int, fields: [UInt8]) {
        core.value.sendInterim(status: status, fields: fields)
    }

    // MARK: Whole answers

    /// Writes the answer as a handler would and sends it.
    public func respond(_ write: (inout ResponseWriter) -> Void) {
        core.value.respond(write)
    }

    public func respond(_ response: Response) {
        core.value.respond { $0.respond(response) }
    }

    // MARK: Answers in pieces

    /// Sends the head of an answer whose body follows by ``write(_:)``. Without a length the body is sent in chunks, or
    /// up to the connection's end to an HTTP/1.0 client.
    public func beginStreaming(
        status: Int, fields: [(name: String, value: String)] = [], contentLength: Int? = nil
    ) {
        core.value.beginStreaming(contentLength.map { .length($0) } ?? .unknown, status: status) { writer in
            writer.writeStatus(status)
            for field in fields { writer.writeField(name: field.name, value: field.value) }
        }
    }

    /// Sends the head of an answer that is passed on: its field lines go out octet by octet as they are.
    public func beginStreaming(_ head: StreamHead) {
        core.value.beginStreaming(head.content, status: head.status) { writer in
            writer.writeStatus(head.status, addsDate: !head.hasDate)
            head.fields.withUnsafeBytes { writer.write($0) }
        }
    }

    /// Sends a piece of the body. Returns when the client has taken enough for more to make sense, which keeps at most
    /// 256 KiB and a piece waiting; throws when it is gone. Large pieces are not copied.
    public func write(_ piece: [UInt8]) async throws(ClientGone) {
        let core = core.value
        try await withCheckedContinuation { continuation in
            core.write(piece) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Ends the body, or the raw octets.
    public func finishStreaming() {
        core.value.finish()
    }

    /// Gives up on the rest of a streamed answer in a way that the client can tell from its end: what was written is
    /// sent, then the connection closes without the last chunk or short of the length. Where only the connection's end
    /// would end the body, and before the head, it is reset instead (RFC 9112 section 8).
    public func truncate() {
        core.value.truncate()
    }

    // MARK: Anything but an answer

    /// Sends octets as they are in place of an answer, so that a test's origin can break every rule. The connection
    /// closes at ``finishStreaming()``.
    public func writeRaw(_ bytes: [UInt8]) async throws(ClientGone) {
        let core = core.value
        if case .unanswered = core.answer { core.beginRaw() }
        try await write(bytes)
    }

    /// Resets the connection (TCP RST), whatever was sent.
    public func abort() {
        core.value.abort()
    }
}
