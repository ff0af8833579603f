private import CLinux
import Synchronization

/// A piece of work due at some time on a loop.
public struct LoopTimer {
    let entry: TimerQueue.Entry

    /// The work will not run. Call on the loop. Cancelling after it ran, or twice, does nothing.
    public func cancel() {
        entry.loop?.timers.cancel(entry)
    }
}

extension EventLoop {
    /// Runs work on the loop when the time has come. Call on the loop. Work due at the same instant runs in the order
    /// in which it was scheduled.
    @discardableResult
    public func schedule(at deadline: MonotonicTime, _ work: @escaping () -> Void) -> LoopTimer {
        preconditionIsCurrent()
        return LoopTimer(entry: timers.insert(deadline: deadline, loop: self, work: work))
    }

    /// Runs work on the loop after a delay, measured from ``now``. Call on the loop.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
        schedule(at: now + delay, work)
    }

    /// Suspends until the delay has passed, or returns early when the task is cancelled. Any context.
    public func sleep(for delay: Duration) async {
        let wake = OneShot()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard wake.arm(continuation) else { return continuation.resume() }
                execute { self.schedule(after: delay) { wake.fire() } }
            }
        } onCancel: {
            wake.fire()
        }
    }
}

/// Resumes one continuation exactly once, whoever of several comes first.
private final class OneShot: Sendable {
    private enum State {
        case idle
        case armed(CheckedContinuation<Void, Never>)
        case fired
    }

    private let state = Mutex(State.idle)

    /// False when it was fired before.
    func arm(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            guard case .idle = state else { return false }
            state = .armed(continuation)
            return true
        }
    }

    func fire() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .fired }
            guard case .armed(let continuation) = state else { return nil }
            return continuation
        }
        continuation?.resume()
    }
}

/// A binary heap of timers over one timerfd, which is armed for the earliest of them.
struct TimerQueue {
    /// Loop-confined, like the queue that holds it.
    final class Entry {
        let deadline: MonotonicTime
        let order: UInt64
        var work: (() -> Void)?
        /// Out of the heap, about to run.
        var isTaken = false
        weak var loop: EventLoop?

        init(deadline: MonotonicTime, order: UInt64, loop: EventLoop, work: @escaping () -> Void) {
            self.deadline = deadline
            self.order = order
            self.loop = loop
            self.work = work
        }

        func isBefore(_ other: Entry) -> Bool {
            deadline == other.deadline ? order < other.order : deadline < other.deadline
        }
    }

    let descriptor: Int32
    private var heap: [Entry] = []
    private var cancelled = 0
    private var nextOrder: UInt64 = 0
    private var armed: MonotonicTime?

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Timers that are still going to run.
    var count: Int { heap.count - cancelled }

    mutating func insert(deadline: MonotonicTime, loop: EventLoop, work: @escaping () -> Void) -> Entry {
        let entry = Entry(deadline: deadline, order: nextOrder, loop: loop, work: work)
        nextOrder += 1
        heap.append(entry)
        siftUp(from: heap.count - 1)
        rearm()
        return entry
    }

    /// The entry stays in the heap until it is due or until cancelled ones are the majority.
    mutating func cancel(_ entry: Entry) {
        guard entry.work != nil else { return }
        entry.work = nil
        if entry.isTaken { return }
        cancelled += 1
        guard cancelled > 64, cancelled > heap.count / 2 else { return }
        heap.removeAll { $0.work == nil }
        cancelled = 0
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    /// Takes out everything due, in order. Timers that its work adds are not among it, and work cancelled before its
    /// turn is `nil` by then.
    mutating func takeDue(at now: MonotonicTime) -> [Entry] {
        armed = nil
        var due: [Entry] = []
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            if first.work == nil { cancelled -= 1 } else { due.append(first) }
            first.isTaken = true
        }
        rearm()
        return due
    }

    mutating func removeAll() {
        heap.removeAll()
        cancelled = 0
    }

    private mutating func rearm() {
        let earliest = heap.first?.deadline
        guard earliest != armed || earliest == nil else { return }
        if let armed, let earliest, armed <= earliest { return }
        armed = earliest
        // 0 would disarm, and a deadline that has passed must still fire.
        _ = clinux_timerfd_set(descriptor, earliest.map { max($0.nanoseconds, 1) } ?? 0)
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(from: 0)
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
