import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Retries")
struct RetryTests {
    private let policy = RetryPolicy(retries: 2)

    private func pause(_ failure: FetchFailure.Kind, attempt: Int = 1, remaining: Duration = .seconds(5)) -> Duration? {
        policy.pause(
            after: .failure(FetchFailure(failure, "", "")), attempt: attempt, remaining: remaining, chance: 0.5)
    }

    private func pause(status: Int, _ fields: [UpstreamField] = []) -> Duration? {
        let response = UpstreamResponse(
            status: status, fields: fields, body: [], effectiveURL: "", peer: nil, timings: UpstreamTimings())
        return policy.pause(after: .success(response), attempt: 1, remaining: .seconds(5), chance: 0.5)
    }

    @Test func `transient failures are repeated, verdicts are not`() {
        for kind: FetchFailure.Kind in [.connect, .timeout, .truncated] { #expect(pause(kind) != nil) }
        for kind: FetchFailure.Kind in [
            .refusedAddress, .refusedURL, .nameNotFound, .tls, .tooLarge, .malformedResponse, .tooManyRedirects,
            .overloaded, .breakerOpen(retryAfter: .zero), .cancelled, .closed, .invalidRequest,
        ] { #expect(pause(kind) == nil) }
    }

    @Test func `answers of trouble are repeated unless the host named a time`() {
        for status in [429, 500, 502, 503, 504] { #expect(pause(status: status) != nil) }
        for status in [200, 304, 400, 404, 410] { #expect(pause(status: status) == nil) }
        #expect(pause(status: 503, [UpstreamField("retry-after", "1")]) == nil)
    }

    @Test func `pauses double, stay within the deadline, and end with the retries`() {
        #expect(pause(.connect, attempt: 1) == .milliseconds(50))
        #expect(pause(.connect, attempt: 2) == .milliseconds(100))
        #expect(pause(.connect, attempt: 3) == nil)
        #expect(pause(.connect, attempt: 1, remaining: .milliseconds(50)) == nil)
    }

    @Test func `a request may bring its own number of retries`() {
        let timeout = Result<UpstreamResponse, FetchFailure>.failure(FetchFailure(.timeout, "", ""))
        func pause(_ retries: Int?, attempt: Int) -> Duration? {
            policy.pause(after: timeout, attempt: attempt, retries: retries, remaining: .seconds(5), chance: 0.5)
        }
        #expect(pause(0, attempt: 1) == nil)
        #expect(pause(3, attempt: 3) != nil && pause(3, attempt: 4) == nil)
        #expect(pause(nil, attempt: 2) != nil && pause(nil, attempt: 3) == nil)
    }

    @Test func `the budget pays for a tenth of the traffic`() {
        let start = MonotonicTime(nanoseconds: 1)
        var budget = RetryBudget(at: start)
        while budget.withdraw(at: start) {}
        var granted = 0
        for _ in 0..<1000 {
            budget.deposit(at: start)
            if budget.withdraw(at: start) { granted += 1 }
        }
        #expect((99...101).contains(granted))
    }

    @Test func `a quiet client may retry once a second and saves up ten`() {
        let start = MonotonicTime(nanoseconds: 1)
        var budget = RetryBudget(at: start)
        while budget.withdraw(at: start) {}
        let early = budget.withdraw(at: start + .milliseconds(500))
        let later = budget.withdraw(at: start + .milliseconds(1500))
        #expect(!early && later)
        var granted = 0
        while budget.withdraw(at: start + .seconds(3600)) { granted += 1 }
        #expect(granted == 10)
    }

    @Test func `a slow body is noticed window by window`() {
        var limits = PaceLimits()
        limits.window = .seconds(5)
        limits.minimumBytes = 100
        var pace = Pace(limits)
        let start = MonotonicTime(nanoseconds: 1)
        let verdict1 = pace.isTooSlow(received: 0, at: start)
        #expect(!verdict1)
        let verdict2 = pace.isTooSlow(received: 50, at: start + .seconds(4))
        #expect(!verdict2)
        let verdict3 = pace.isTooSlow(received: 100, at: start + .seconds(5))
        #expect(!verdict3)
        let verdict4 = pace.isTooSlow(received: 100, at: start + .seconds(9))
        #expect(!verdict4)
        let verdict5 = pace.isTooSlow(received: 199, at: start + .seconds(10))
        #expect(verdict5)
    }
}
