import EventLoops

/// One connection to a Redis: pipelines out, replies in, matched by their order. Confined to its loop.
///
/// What is sent within one turn of the loop leaves in one write. A server that owes a reply past its last moment costs
/// the connection, because nothing would tell a late reply from the next one.
final class RedisConnection {
    /// How long an overdue reply may still be found in the socket by a process that was itself held up.
    private static let grace = Duration.milliseconds(2)

    /// Called once when the connection ends otherwise than by ``close(_:)``.
    var onEnd: ((RedisError) -> Void)?
    /// Called with each pipeline whose replies have come, and those replies, before its caller hears of them. What it
    /// answers is the caller's outcome.
    var onReplies: ((PendingPipeline, [RedisReply]) -> PendingPipeline.Outcome)?
    /// Why it is of no use any more; nil while it is open.
    private(set) var ending: RedisError?
    private let loop: EventLoop
    private let stream: ByteStream
    private var reader: ReplyReader
    private var queue = PipelineQueue()
    private var outgoing: [UInt8] = []
    private var watchdog: LoopTimer?

    /// Takes over a stream. Call on the loop.
    init(_ stream: ByteStream, on loop: EventLoop) throws(RedisError) {
        self.loop = loop
        self.stream = stream
        reader = try ReplyReader()
        stream.onBytes = { [weak self] in self?.receive($0) }
        stream.onClose = { [weak self] in
            self?.wasEndedByPeer = true
            self?.end(.unreachable($0.description))
        }
    }

    private(set) var wasEndedByPeer = false
    var isOpen: Bool { ending == nil }
    /// Commands whose replies have not come.
    var pendingCommands: Int { queue.commandCount }
    /// Bytes that wait for the server to take them.
    var pendingBytes: Int { outgoing.count + stream.pendingBytes }

    /// Sends commands at the end of this turn of the loop.
    func send(_ pipeline: PendingPipeline) {
        if let ending { return pipeline.finish(.failure(ending)) }
        pipeline.sent(at: loop.now)
        queue.append(pipeline)
        if outgoing.isEmpty {
            let connection = LoopBound(self, on: loop)
            loop.execute { connection.value.flush() }
        }
        outgoing += pipeline.bytes
        if watchdog == nil { watch() }
    }

    /// Sends commands and waits for the replies.
    func exchange(_ commands: [RedisCommand], within limit: Duration) async throws(RedisError) -> [RedisReply] {
        let bytes = try RedisCommand.wireForm(of: commands)
        let outcome = await withCheckedContinuation { continuation in
            let pipeline = PendingPipeline(bytes, commandCount: commands.count, patience: limit)
            pipeline.begin(until: loop.now + limit, on: loop) { continuation.resume(returning: $0) }
            send(pipeline)
        }
        return try outcome.get()
    }

    /// Closes at once; what is pending fails with `error`.
    func close(_ error: RedisError) {
        guard isOpen else { return }
        ending = error
        onEnd = nil
        onReplies = nil
        watchdog?.cancel()
        stream.close()
        for pipeline in queue.removeAll() { pipeline.finish(.failure(error)) }
    }

    private func end(_ error: RedisError) {
        guard isOpen else { return }
        let onEnd = self.onEnd
        close(error)
        onEnd?(error)
    }

    private func flush() {
        guard isOpen else { return }
        let bytes = outgoing
        outgoing.removeAll(keepingCapacity: false)
        stream.write(bytes)
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        do throws(RedisError) {
            try reader.feed(bytes)
            while isOpen, let reply = try reader.next() { try take(reply) }
        } catch {
            end(error)
        }
    }

    private func take(_ reply: RedisReply) throws(RedisError) {
        // A client is turned away before it is heard, and the connection ends with that: the rest will not come.
        if reply.serverError?.meaning == .full { throw .turnedAway }
        guard let first = queue.first else {
            throw reply.serverError.map { .unreachable($0.description) } ?? .malformed("a reply that nobody asked for")
        }
        guard first.take(reply) else { return }
        queue.removeFirst()
        first.finish(onReplies?(first, first.replies) ?? .success(first.replies))
    }

    private func watch() {
        watchdog = nil
        guard isOpen, let first = queue.first, let lastMoment = first.lastMoment else { return }
        let isOverdue = lastMoment <= loop.now
        watchdog = loop.schedule(at: isOverdue ? loop.now + Self.grace : lastMoment) { [weak self] in
            guard let self else { return }
            if isOverdue, queue.first === first { end(.timedOut) } else { watch() }
        }
    }
}
