import EventLoops
import Testing

@testable import Mintcache

@Suite struct `What an endpoint takes` {
    private let url = "https://rpc.example/"
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private var limits = EndpointLimits()

    private func calls(_ limits: EndpointLimits, after seconds: Int = 0) -> Int {
        limits.calls(at: url, upTo: 100, start + .seconds(seconds))
    }

    @Test mutating func `is as much as configured until it refuses`() {
        #expect(calls(limits) == 100)
        limits.refused(100, at: url, start)
        #expect(calls(limits) == 50)
        limits.refused(50, at: url, start)
        #expect(calls(limits) == 25)
        #expect(limits.calls(at: "https://other.example/", upTo: 100, start) == 100)
        #expect(limits.calls(at: url, upTo: 10, start) == 10)
    }

    @Test mutating func `is one call at least`() {
        limits.refused(1, at: url, start)
        #expect(calls(limits) == 1)
    }

    @Test mutating func `is not found out twice by batches that were under way together`() {
        limits.refused(100, at: url, start)
        limits.refused(100, at: url, start)
        limits.refused(100, at: url, start)
        #expect(calls(limits) == 50)
    }

    @Test mutating func `is tried again after a minute, and known at once when it is still refused`() {
        limits.refused(100, at: url, start)
        limits.refused(50, at: url, start)
        #expect(calls(limits, after: 59) == 25)
        #expect(calls(limits, after: 60) == 100)
        limits.refused(100, at: url, start + .seconds(60))
        #expect(calls(limits, after: 61) == 25)
    }

    @Test mutating func `is as much as configured again once that was taken`() {
        limits.refused(100, at: url, start)
        limits.accepted(50, at: url)
        #expect(calls(limits) == 50)
        limits.accepted(100, at: url)
        #expect(calls(limits) == 100)
    }

    @Test mutating func `says nothing when a single call is refused too`() {
        limits.refused(100, at: url, start)
        limits.forget(url)
        #expect(calls(limits) == 100)
    }

    @Test mutating func `does without Multicall3 for some minutes where there is none`() {
        #expect(limits.hasMulticall(at: url, start))
        limits.lacksMulticall(at: url, start)
        #expect(!limits.hasMulticall(at: url, start + .seconds(599)))
        #expect(limits.hasMulticall(at: url, start + .seconds(600)))
    }
}
