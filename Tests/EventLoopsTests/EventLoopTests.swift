import Glibc
import Synchronization
import Testing

@testable import EventLoops

@Suite("An event loop") struct EventLoopTests {
    @Test func `runs work from other threads in the order it was given`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let seen = Mutex<[Int]>([])
        for number in 0..<1000 { loop.execute { seen.withLock { $0.append(number) } } }
        await loop.settle()
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    @Test func `work submitted on the loop runs later, not inside the call`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let order = Mutex<[String]>([])
        loop.execute {
            loop.execute { order.withLock { $0.append("inner") } }
            order.withLock { $0.append("outer") }
        }
        await loop.settle()
        #expect(order.withLock { $0 } == ["outer", "inner"])
    }

    @Test func `many threads submit without losing or doubling anything`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let total = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<5_000 { loop.execute { total.value.add(1, ordering: .relaxed) } } }
            }
        }
        await loop.settle()
        #expect(total.value.load(ordering: .relaxed) == 40_000)
    }

    @Test func `wakes from a long sleep for work from outside`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        for _ in 0..<20 {
            // Longer than the linger, so that the loop has gone back to Dispatch.
            await EventLoopTests.pause(milliseconds: 12)
            await loop.settle()
        }
        #expect(await loop.run { EventLoop.current === loop })
    }

    @Test func `says where it runs`() async throws {
        let loop = try EventLoop(label: "test")
        let other = try EventLoop(label: "other")
        defer { loop.shutdown() }
        defer { other.shutdown() }
        #expect(!loop.isCurrent)
        #expect(await loop.run { loop.isCurrent && !other.isCurrent })
    }

    @Test func `an actor pinned to a loop runs on it, after suspensions too`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let pinned = Pinned(loop: loop)
        #expect(await pinned.isOnLoop())
        #expect(await pinned.isOnLoopAfterSleep())
    }

    @Test func `a task that prefers the loop resumes on it`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let task = Task(executorPreference: loop) {
            await Task.yield()
            return loop.isCurrent
        }
        #expect(await task.value)
    }

    @Test func `work given to a loop that was shut down is dropped, and tasks still end`() async throws {
        let loop = try EventLoop(label: "test")
        let pinned = Pinned(loop: loop)
        await loop.settle()
        loop.shutdown()
        loop.execute { Issue.record("ran after the shutdown") }
        #expect(await pinned.isOnLoop())
    }

    @Test func `a check from elsewhere traps`() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(label: "test")
            loop.preconditionIsCurrent()
        }
    }

    /// Real waiting, for the one behaviour that is about time passing without work.
    static func pause(milliseconds: Int64) async {
        let waiter = try? EventLoop(label: "waiter")
        await waiter?.sleep(for: .milliseconds(milliseconds))
        waiter?.shutdown()
    }
}

actor Pinned {
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func isOnLoop() -> Bool { loop.isCurrent }

    func isOnLoopAfterSleep() async -> Bool {
        await loop.sleep(for: .milliseconds(1))
        return loop.isCurrent
    }
}

extension EventLoop {
    /// Runs work on the loop and hands back what it returned.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in execute { continuation.resume(returning: work()) } }
    }

    /// Returns when everything submitted so far, and what that submitted, has run.
    func settle() async {
        for _ in 0..<3 { await run {} }
    }
}

/// An atomic that several closures share.
final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
