import EventLoops
import Testing

@testable import Mintcache

@Suite("Samples of the traffic") struct TrafficHistoryTests {
    private static func time(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `tell what was answered since the last one, by tier, and how long it took`() throws {
        let metrics = Metrics()
        let durations = metrics.durations.ofOneMoreLoop()
        durations.add(1_000_000, to: .memory)
        metrics.memoryHits.increment(by: 5)
        var meter = TrafficMeter(metrics, at: Self.time(1))
        for _ in 0..<98 { durations.add(90_000, to: .memory) }
        for _ in 0..<2 { durations.add(45_000_000, to: .upstream) }
        durations.add(9_000_000_000, to: .none)
        metrics.memoryHits.increment(by: 98)
        metrics.memoryMisses.increment(by: 2)
        metrics.answers.count(502)
        let sample = meter.sample(at: Self.time(3), 1000)
        #expect(sample.number == 1)
        #expect(sample.duration == .seconds(2))
        #expect(sample.answers.first { $0.tier == .memory }?.count == 98)
        #expect(sample.answers.first { $0.tier == .upstream }?.count == 2)
        #expect(sample.lookups.first { $0.tier == "memory" }?.hits == 98)
        #expect(sample.lookups.first { $0.tier == "memory" }?.misses == 2)
        #expect(sample.serverErrors == 1)
        let half = try #require(sample.durations.quantile(0.5))
        #expect(half <= 0.0001)
        // Nobody waited for what was refused.
        let most = try #require(sample.durations.quantile(0.99))
        #expect((0.02...0.05).contains(most))
    }

    @Test func `tell nothing of durations when nothing was asked for`() {
        var meter = TrafficMeter(Metrics(), at: Self.time(1))
        let text = String(decoding: meter.sample(at: Self.time(2), 0).document.bytes, as: UTF8.self)
        #expect(text.contains(#""p99_ms":null"#))
    }

    @Test func `are kept up to a bound, and given from where somebody left off`() {
        var meter = TrafficMeter(Metrics(), at: Self.time(1))
        var history = TrafficHistory(process: "web-1-abc")
        for second in UInt64(2)..<400 { history.append(meter.sample(at: Self.time(second), 0)) }
        #expect(history.samples.count == TrafficHistory.capacity)
        #expect(history.last == 398)
        let known = history.number(of: history.identifier(of: history.samples[297]))
        #expect(history.samples(after: known).map(\.number) == [397, 398])
        #expect(history.samples(after: history.last).isEmpty)
    }

    @Test(arguments: [nil, "", "5", "web-1-old 5", "web-1-abc", "web-1-abc five", "web-1-abc 5 6"])
    func `are given from the beginning to who comes from elsewhere`(identifier: String?) {
        #expect(TrafficHistory(process: "web-1-abc").number(of: identifier) == 0)
    }
}
