import EventLoops

/// Commands whose replies are awaited together. Its place among others on a connection outlives the caller's patience:
/// replies come in order, so those of an abandoned pipeline are still taken off the wire and dropped.
/// Confined to a loop.
final class PendingPipeline {
    typealias Outcome = Result<[RedisReply], RedisError>

    let bytes: [UInt8]
    let commandCount: Int
    /// How long the server may owe the replies before the connection is given up.
    let patience: Duration
    /// When it is given up; known once the pipeline is sent.
    private(set) var lastMoment: MonotonicTime?
    private weak var connection: RedisConnection?
    private var replies: [RedisReply] = []
    private var completion: ((Outcome, RedisConnection?) -> Void)?
    private var timer: LoopTimer?

    init(_ bytes: [UInt8], commandCount: Int, patience: Duration) {
        self.bytes = bytes
        self.commandCount = commandCount
        self.patience = patience
    }

    /// Whether nobody waits for it any more.
    var isFinished: Bool { completion == nil }

    /// Says what to do with the outcome, which is a time-out once `deadline` has passed, and with the connection that
    /// carried it, if one did and lives.
    func begin(
        until deadline: MonotonicTime, on loop: EventLoop,
        _ completion: @escaping (Outcome, RedisConnection?) -> Void
    ) {
        self.completion = completion
        replies.reserveCapacity(commandCount)
        timer = loop.schedule(at: deadline) { [weak self] in self?.finish(.failure(.timedOut)) }
    }

    /// Notes that a connection carries it from now on.
    func sent(over connection: RedisConnection, at now: MonotonicTime) {
        self.connection = connection
        lastMoment = now + patience
    }

    /// Takes the next reply; true when it was the last.
    func take(_ reply: RedisReply) -> Bool {
        replies.append(reply)
        return replies.count == commandCount
    }

    /// Hands over all the replies.
    func succeed() {
        finish(.success(replies))
    }

    /// Ends the wait. Only the first time counts.
    func finish(_ outcome: Outcome) {
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        timer = nil
        completion(outcome, connection)
    }
}
