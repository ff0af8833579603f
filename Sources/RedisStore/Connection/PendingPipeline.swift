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
    /// Known once the pipeline is sent.
    private(set) var sentAt: MonotonicTime?
    private(set) var replies: [RedisReply] = []
    private var completion: ((Outcome) -> Void)?
    private var timer: LoopTimer?

    init(_ bytes: [UInt8], commandCount: Int, patience: Duration) {
        self.bytes = bytes
        self.commandCount = commandCount
        self.patience = patience
    }

    /// Whether nobody waits for it any more.
    var isFinished: Bool { completion == nil }

    /// When the connection is given up.
    var lastMoment: MonotonicTime? { sentAt.map { $0 + patience } }

    /// Says what to do with the outcome, which is a time-out once `deadline` has passed.
    func begin(until deadline: MonotonicTime, on loop: EventLoop, _ completion: @escaping (Outcome) -> Void) {
        self.completion = completion
        replies.reserveCapacity(commandCount)
        timer = loop.schedule(at: deadline) { [weak self] in self?.finish(.failure(.timedOut)) }
    }

    /// Notes that a connection carries it from now on.
    func sent(at now: MonotonicTime) {
        sentAt = now
    }

    /// Takes the next reply; true when it was the last.
    func take(_ reply: RedisReply) -> Bool {
        replies.append(reply)
        return replies.count == commandCount
    }

    /// Ends the wait. Only the first time counts.
    func finish(_ outcome: Outcome) {
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        timer = nil
        completion(outcome)
    }
}
