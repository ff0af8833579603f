import Dispatch
import Synchronization

/// Runs blocking work on at most `count` threads at once; the rest waits in line. What bounds the line is its caller.
final class BlockingWork: Sendable {
    private struct Line {
        var waiting: [@Sendable () -> Void] = []
        var running = 0
    }

    private let line = Mutex(Line())
    private let count: Int
    private let queue: DispatchQueue

    init(count: Int, label: String) {
        self.count = max(count, 1)
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// Runs work when a thread is free, in the order of the calls. Any thread.
    func run(_ work: @escaping @Sendable () -> Void) {
        let isFree = line.withLock { line in
            guard line.running < count else {
                line.waiting.append(work)
                return false
            }
            line.running += 1
            return true
        }
        if isFree { start(work) }
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            work()
            if let next = takeNext() { start(next) }
        }
    }

    private func takeNext() -> (@Sendable () -> Void)? {
        line.withLock { line in
            if line.waiting.isEmpty {
                line.running -= 1
                return nil
            }
            return line.waiting.removeFirst()
        }
    }
}
