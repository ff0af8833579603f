public import EventLoops
import Synchronization

/// A request that is answered later. It is answered exactly once, by one of ``respond(_:)-swift.method``,
/// ``beginStreaming(status:fields:contentLength:)`` and ``writeRaw(_:)``; when the last reference to it goes before
/// that, the client gets a 500.
///
/// May be carried anywhere, but every member except ``request`` and ``loop`` belongs to the loop and traps elsewhere.
/// Once the client is gone, answering does nothing and writing throws.
public final class Exchange: Sendable {
    public let request: Request
    public let loop: EventLoop
    private let core: LoopBound<ExchangeCore>

    init(_ core: ExchangeCore, on loop: EventLoop) {
        request = core.request
        self.loop = loop
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
        core.value.beginStreaming(status: status, fields: fields, contentLength: contentLength)
    }

    /// Sends a piece of the body. Returns when the client has taken enough for more to make sense; throws when it is
    /// gone.
    public func write(_ chunk: [UInt8]) async throws(ClientGone) {
        let core = core.value
        try await withCheckedContinuation { continuation in
            chunk.withUnsafeBytes { bytes in core.write(bytes) { continuation.resume(returning: $0) } }
        }.get()
    }

    /// Ends the body, or the raw octets.
    public func finishStreaming() {
        core.value.finish()
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
