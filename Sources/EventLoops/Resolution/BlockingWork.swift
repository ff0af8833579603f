import Dispatch
import Synchronization

/// Runs blocking work on at most `count` threads at once; the rest waits in line. What bounds the line is its caller.
///
/// Each thread belongs to a serial queue: those get threads of their own, while a concurrent queue borrows from the
/// process's common pool, which has as many threads as there are processors and runs every Swift task as well.
final class BlockingWork: Sendable {
    private struct Line {
        var waiting: [@Sendable () -> Void] = []
        var free: [DispatchQueue]
    }

    private let line: Mutex<Line>

    init(count: Int, label: String) {
        let queues = (0..<max(count, 1)).map { DispatchQueue(label: "\(label)-\($0)") }
        line = Mutex(Line(free: queues))
    }

    /// Runs work when a thread is free, in the order of the calls. Any thread.
    func run(_ work: @escaping @Sendable () -> Void) {
        let queue = line.withLock { line -> DispatchQueue? in
            if line.free.isEmpty { line.waiting.append(work) }
            return line.free.popLast()
        }
        if let queue { start(work, on: queue) }
    }

    private func start(_ work: @escaping @Sendable () -> Void, on queue: DispatchQueue) {
        queue.async { [self] in
            work()
            if let next = takeNext(orFree: queue) { start(next, on: queue) }
        }
    }

    private func takeNext(orFree queue: DispatchQueue) -> (@Sendable () -> Void)? {
        line.withLock { line in
            if line.waiting.isEmpty {
                line.free.append(queue)
                return nil
            }
            return line.waiting.removeFirst()
        }
    }
}
