import EventLoops
import Testing

@testable import Mintcache

@Suite struct `A rate of requests` {
    private static func time(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000) + .milliseconds(milliseconds)
    }

    @Test(arguments: ["10/s", "600/h", "1/d", "1000000000/m"]) func `is read and written the same`(text: String) {
        #expect(RequestRate(text)?.description == text)
    }

    @Test(arguments: ["", "10", "/s", "10/", "0/s", "-1/s", "1.5/s", "10/w", "10/s/s", "1000000001/s", " 1/s"])
    func `is refused when it is none`(text: String) {
        #expect(RequestRate(text) == nil)
    }

    /// However requests come, no second, minute or hour ever has more than its rate allows.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func `holds for every span of its length`(seed: UInt64) throws {
        var numbers = Pseudorandom(state: seed)
        let rates = try [#require(RequestRate("5/s")), #require(RequestRate("40/m"))]
        var ledger = RequestLedger()
        var granted: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<4000 {
            now += Int64(numbers.next() % 120)
            if ledger.take(within: rates, at: Self.time(now)) { granted.append(now) }
        }
        for rate in rates {
            let span = rate.unit.duration.inMilliseconds
            for (index, moment) in granted.enumerated() {
                let within = granted[index...].prefix { $0 < moment + span }
                #expect(within.count <= rate.count)
            }
        }
        // Nor is much less granted than the rate allows.
        #expect(Int64(granted.count) >= 40 * (now / 61_000))
    }

    @Test func `counts what was granted before it was set`() throws {
        var ledger = RequestLedger()
        for _ in 0..<7 { _ = ledger.take(within: [], at: Self.time(0)) }
        let rate = try #require(RequestRate("7/h"))
        let used = ledger.used(of: rate, at: Self.time(60_000))
        let granted = [60_000, 3_700_000].map { ledger.take(within: [rate], at: Self.time($0)) }
        #expect(used == 7 && granted == [false, true])
    }

    @Test func `refused by one of several uses up none of them`() throws {
        let rates = try [#require(RequestRate("10/d")), #require(RequestRate("1/s"))]
        var ledger = RequestLedger()
        for _ in 0..<5 { _ = ledger.take(within: rates, at: Self.time(0)) }
        let used = ledger.used(of: rates[0], at: Self.time(0))
        #expect(used == 1)
    }

    @Test func `survives a pause of any length, and a clock that stands`() {
        var count = SlidingCount(over: .seconds(1))
        count.add(at: Self.time(0))
        count.add(at: Self.time(0))
        var counts = [0, 999, 1100, 1 << 40].map { count.count(at: Self.time($0)) }
        count.add(at: Self.time(1 << 40))
        counts.append(count.count(at: Self.time(1 << 40)))
        #expect(counts == [2, 2, 0, 0, 1])
    }
}

private struct Pseudorandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
