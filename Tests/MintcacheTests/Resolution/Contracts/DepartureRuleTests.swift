import Testing

@testable import Mintcache

@Suite struct `Calls that wait for one chain` {
    private let rule = DepartureRule(window: .milliseconds(2), size: 100)

    private func isDue(_ waiting: Int, age: Int, calm: Int, requests: Int = 0) -> Bool {
        rule.isDue(
            .init(waiting: waiting, age: .milliseconds(age), calm: .milliseconds(calm), requests: requests))
    }

    @Test func `leave after one window when no more come`() {
        #expect(!isDue(1, age: 1, calm: 1))
        #expect(isDue(1, age: 2, calm: 2))
        #expect(isDue(40, age: 4, calm: 2))
    }

    @Test func `leave at once when they fill a batch`() {
        #expect(isDue(100, age: 0, calm: 0))
        #expect(isDue(250, age: 0, calm: 0, requests: 15))
    }

    @Test func `are held for a few windows while more keep coming`() {
        #expect(!isDue(40, age: 4, calm: 0))
        #expect(!isDue(80, age: 9, calm: 1))
        #expect(isDue(90, age: 10, calm: 0))
    }

    @Test func `fill up behind several requests under way, but not for ever`() {
        #expect(isDue(5, age: 4, calm: 4, requests: 3))
        #expect(!isDue(5, age: 4, calm: 4, requests: 4))
        #expect(isDue(5, age: 50, calm: 40, requests: 4))
    }

    @Test func `wait when as many requests are under way as may be`() {
        #expect(!isDue(1000, age: 1000, calm: 1000, requests: DepartureRule.requests))
    }

    @Test func `do not wait for requests of calls in the background`() {
        var situation = DepartureRule.Situation(
            waiting: 1, age: .milliseconds(2), calm: .milliseconds(2), requests: 12, backgroundRequests: 9)
        #expect(rule.isDue(situation))
        situation.backgroundRequests = 8
        #expect(!rule.isDue(situation))
    }

    @Test func `in the background wait for all requests, and leave some to others`() {
        var situation = DepartureRule.Situation(
            waiting: 1, age: .milliseconds(2), calm: .milliseconds(2), requests: 3, backgroundRequests: 3,
            isBackground: true)
        #expect(rule.isDue(situation))
        situation.requests = 4
        #expect(!rule.isDue(situation))
        situation.waiting = 1000
        #expect(rule.isDue(situation))
        situation.requests = DepartureRule.requestsForBackground
        #expect(!rule.isDue(situation))
    }

    @Test func `leave at once without a window`() {
        let eager = DepartureRule(window: .zero, size: 100)
        #expect(eager.isDue(.init(waiting: 1, age: .zero, calm: .zero, requests: 5)))
        #expect(!eager.isDue(.init(waiting: 0, age: .zero, calm: .zero, requests: 0)))
    }
}
