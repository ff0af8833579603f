import Caching
import EventLoops
import Tokens

/// One caller's wait for some records, ended by the answer or by its deadline. Loop-confined.
final class ReadRequest {
    typealias Answer = Result<[TokenReference: TokenRecord], StoreError>

    let references: [TokenReference]
    let deadline: MonotonicTime
    private var answer: Answer?
    private var timer: LoopTimer?
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ references: [TokenReference], until deadline: MonotonicTime, on loop: EventLoop) {
        self.references = references
        self.deadline = deadline
        timer = loop.schedule(at: deadline) { [weak self] in
            self?.end(with: .failure(StoreError(kind: .timeout, detail: "postgres: the records did not come in time")))
        }
    }

    /// Whether nobody waits for an answer any more.
    var isOver: Bool { answer != nil }

    /// The first answer counts.
    func end(with answer: Answer) {
        guard self.answer == nil else { return }
        self.answer = answer
        timer?.cancel()
        timer = nil
        waiter?.resume()
        waiter = nil
    }

    func value() async throws(StoreError) -> [TokenReference: TokenRecord] {
        await withCheckedContinuation { continuation in
            // The answer may have come on the way here.
            if answer == nil { waiter = continuation } else { continuation.resume() }
        }
        return try answer?.get() ?? [:]
    }
}
