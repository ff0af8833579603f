import Synchronization
import Testing

@testable import EventLoops

@Suite("Timers") struct TimerTests {
    @Test func `fire in the order of their deadlines, equal ones in the order they were set`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let seen: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                let base = loop.now
                loop.schedule(at: base + .milliseconds(9)) { continuation.resume(returning: log.entries) }
                loop.schedule(at: base + .milliseconds(3)) { log.entries.append("3") }
                loop.schedule(at: base + .milliseconds(1)) { log.entries.append("1a") }
                loop.schedule(at: base + .milliseconds(1)) { log.entries.append("1b") }
                loop.schedule(at: base) { log.entries.append("0") }
            }
        }
        #expect(seen == ["0", "1a", "1b", "3"])
    }

    @Test func `never fire early`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let early: Duration = await withCheckedContinuation { continuation in
            loop.execute {
                let deadline = loop.now + .milliseconds(7)
                loop.schedule(at: deadline) { continuation.resume(returning: MonotonicTime.current - deadline) }
            }
        }
        #expect(early >= .zero)
    }

    @Test func `a cancelled timer does not run, even when another of the same instant cancels it`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let seen: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                let base = loop.now + .milliseconds(2)
                loop.schedule(at: base) { log.victim?.cancel() }
                log.victim = loop.schedule(at: base) { log.entries.append("victim") }
                loop.schedule(at: base) { log.entries.append("survivor") }
                loop.schedule(at: base + .milliseconds(2)) { continuation.resume(returning: log.entries) }
            }
        }
        #expect(seen == ["survivor"])
    }

    @Test func `a timer set inside a timer runs in a later turn`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let count: Int = await withCheckedContinuation { continuation in
            loop.execute { Self.chain(on: loop, left: 50, count: 0) { continuation.resume(returning: $0) } }
        }
        #expect(count == 50)
    }

    private static func chain(on loop: EventLoop, left: Int, count: Int, done: @escaping (Int) -> Void) {
        guard left > 0 else { return done(count) }
        loop.schedule(after: .zero) { chain(on: loop, left: left - 1, count: count + 1, done: done) }
    }

    @Test func `thousands of timers, most of them cancelled, leave none behind`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let (fired, left): (Int, Int) = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                for index in 0..<20_000 {
                    let timer = loop.schedule(after: .milliseconds(Int64(index % 7))) { log.count += 1 }
                    if index % 10 != 0 { timer.cancel() }
                }
                loop.schedule(after: .milliseconds(20)) {
                    continuation.resume(returning: (log.count, loop.timers.count))
                }
            }
        }
        #expect(fired == 2_000)
        #expect(left == 0)
    }

    @Test func `a sleeping task wakes at once when it is cancelled`() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        let task = Task { await loop.sleep(for: .seconds(3600)) }
        task.cancel()
        await task.value
        #expect(task.isCancelled)
    }

    @Test func `the clock saturates instead of wrapping around`() {
        #expect(MonotonicTime(nanoseconds: .max) + .seconds(1) == MonotonicTime(nanoseconds: .max))
        #expect(MonotonicTime(nanoseconds: 5) + .seconds(-1) == MonotonicTime(nanoseconds: 0))
        #expect(Duration.seconds(Int64.max).inNanoseconds == .max)
    }
}

/// State that closures of one loop share.
final class Log {
    var entries: [String] = []
    var count = 0
    var victim: LoopTimer?
}
