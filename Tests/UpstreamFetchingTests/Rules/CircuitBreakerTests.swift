import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private var breaker = CircuitBreaker(BreakerLimits())

    private func opened() -> CircuitBreaker {
        var breaker = breaker
        for _ in 0..<5 { breaker.fail(breaker.admit(start), start, chance: 1) }
        return breaker
    }

    @Test func `failures open it only when they come in a row`() {
        var breaker = breaker
        for _ in 0..<4 { breaker.fail(.normal, start, chance: 0) }
        breaker.succeed(start)
        for _ in 0..<4 { breaker.fail(.normal, start, chance: 0) }
        let pass1 = breaker.admit(start)
        #expect(pass1 == .normal)
        breaker.fail(.normal, start, chance: 1)
        let pass2 = breaker.admit(start)
        #expect(pass2 == .refused(retryAfter: .milliseconds(500)))
    }

    @Test func `after the pause one probe passes and its success closes it`() {
        var breaker = opened()
        let later = start + .milliseconds(500)
        let pass3 = breaker.admit(later)
        #expect(pass3 == .probe)
        let pass4 = breaker.admit(later)
        #expect(pass4 == .refused(retryAfter: .seconds(1)))
        breaker.succeed(later)
        let pass5 = breaker.admit(later)
        #expect(pass5 == .normal)
    }

    @Test func `each failed probe doubles the pause up to the longest`() {
        var breaker = opened()
        var now = start + .milliseconds(500)
        for pause in [1000, 2000, 2000, 2000] {
            let pass = breaker.admit(now)
            #expect(pass == .probe)
            breaker.fail(pass, now, chance: 1)
            #expect(breaker.refusal(at: now) == .milliseconds(pause))
            now = now + .milliseconds(pause)
        }
    }

    @Test func `a probe that never ends does not keep the next one back`() {
        var breaker = opened()
        let later = start + .milliseconds(500)
        let pass6 = breaker.admit(later)
        #expect(pass6 == .probe)
        let pass7 = breaker.admit(later + .seconds(1))
        #expect(pass7 == .probe)
    }

    @Test func `stragglers from before it opened do not lengthen the pause`() {
        var breaker = opened()
        breaker.fail(.normal, start, chance: 1)
        #expect(breaker.refusal(at: start) == .milliseconds(500))
    }

    @Test func `Retry-After holds the host whatever else comes in`() {
        var breaker = breaker
        breaker.hold(for: .seconds(30), start)
        breaker.succeed(start + .seconds(1))
        breaker.hold(for: .seconds(2), start + .seconds(1))
        let pass8 = breaker.admit(start + .seconds(29))
        #expect(pass8 == .refused(retryAfter: .seconds(1)))
        let pass9 = breaker.admit(start + .seconds(30))
        #expect(pass9 == .probe)
        let pass10 = breaker.admit(start + .seconds(30))
        #expect(pass10 == .refused(retryAfter: .seconds(1)))
    }

    @Test func `Retry-After is honoured for five minutes at most`() {
        var breaker = breaker
        breaker.hold(for: .seconds(86_400), start)
        #expect(breaker.refusal(at: start) == .seconds(300))
    }

    @Test(arguments: [
        ("120", 120), ("0", 0), (" 7 ", 7), ("99999999999999999999", 999_999_999),
        ("Thu, 01 Jan 1970 00:20:00 GMT", 200), ("Thu, 01 Jan 1970 00:00:01 GMT", 0),
    ])
    func `E-111 Retry-After is seconds or a date`(value: String, seconds: Int) {
        #expect(RetryAfter.pause(from: value, now: 1000) == .seconds(seconds))
    }

    @Test(arguments: ["", "-1", "soon", "1.5", "12 34", "GMT"])
    func `other values of Retry-After say nothing`(value: String) {
        #expect(RetryAfter.pause(from: value, now: 1000) == nil)
    }

    @Test func `the table of hosts is bounded and forgets healthy hosts first`() {
        var table = HostTable(BreakerLimits(), capacity: 8)
        let bad = HostKey(host: "bad.test", port: 80)
        let pass = table.admit(bad, at: start)
        table.record(.hold(.seconds(60)), of: bad, pass: pass, at: start)
        for index in 0..<100 {
            _ = table.admit(HostKey(host: "\(index).test", port: 80), at: start + .milliseconds(index))
        }
        #expect(table.count <= 8)
        #expect(table.refusal(of: bad, at: start + .seconds(1)) == .seconds(59))
    }
}
