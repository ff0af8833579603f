import Foundation
import Synchronization

/// The one thread that starts processes and never ends.
///
/// The kernel sends the parent-death signal when the thread that started a process ends, not the process it belongs
/// to (prctl(2)). Threads of a pool come and go, and would take a server under test with them.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let work = Mutex<[@Sendable () -> Void]>([])
    private let available = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                available.wait()
                let next = work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                next?()
            }
        }
    }

    /// Runs `body` on the thread and waits for it.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value? {
        let box = ResultBox<Value>()
        let done = DispatchSemaphore(value: 0)
        work.withLock { work in
            work.append {
                box.set(body())
                done.signal()
            }
        }
        available.signal()
        done.wait()
        return box.value
    }
}

private final class ResultBox<Value: Sendable>: Sendable {
    private let contents = Mutex<Value?>(nil)

    var value: Value? { contents.withLock { $0 } }

    func set(_ value: Value) {
        contents.withLock { $0 = value }
    }
}
