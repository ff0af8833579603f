import EventLoops
import Testing

@testable import RedisStore

@Suite("The schedule of connection attempts")
struct ReconnectScheduleTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    @Test("allows the first attempt at once and keeps five a second")
    func first() {
        var schedule = ReconnectSchedule()
        #expect(schedule.delay(at: start, jitter: 0) == .zero)
        schedule.attempted(at: start)
        #expect(schedule.delay(at: start, jitter: 0) == .milliseconds(200))
        #expect(schedule.delay(at: start + .seconds(1), jitter: 0) == .zero)
    }

    @Test("waits longer after each failure, up to a second, and forgets them when a command works")
    func backoff() {
        var schedule = ReconnectSchedule()
        schedule.attempted(at: start)
        let later = start + .seconds(10)
        var delays: [Duration] = []
        for _ in 0..<5 {
            schedule.failed(with: .timedOut)
            delays.append(schedule.delay(at: later, jitter: 0))
        }
        #expect(delays == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(1), .seconds(1)])
        #expect(schedule.delay(at: later, jitter: 1) == .milliseconds(750))
        schedule.worked()
        #expect(!schedule.isFailing)
        #expect(schedule.delay(at: later, jitter: 0) == .zero)
    }

    @Test("asks a server that refuses us again after five seconds at the earliest", arguments: [0, 0.5, 1])
    func refused(jitter: Double) {
        var schedule = ReconnectSchedule()
        schedule.failed(with: .refused("WRONGPASS"))
        #expect(schedule.delay(at: start, jitter: jitter) >= .seconds(5))
        #expect(schedule.delay(at: start, jitter: jitter) <= .seconds(6))
    }
}
