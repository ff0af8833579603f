import HTTPCaching
import Testing

@testable import Mintcache

@Suite struct `Durations of answers` {
    @Test(arguments: [
        (0, 0), (10_000, 0), (10_001, 1), (50_000, 2), (1_000_000, 6), (1_000_001, 7), (30_000_000_000, 19),
        (30_000_000_001, 20), (UInt64.max, 20),
    ])
    func `fall into the first bucket whose bound they do not pass`(nanoseconds: UInt64, bucket: Int) {
        #expect(DurationHistogram.bucket(of: nanoseconds) == bucket)
    }

    @Test func `have as many buckets as bounds, and one without an end`() {
        #expect(DurationHistogram.bounds.count + 1 == DurationHistogram.bucketCount)
        #expect(DurationHistogram.bounds == DurationHistogram.bounds.sorted())
    }

    @Test func `have no quantile before the first`() {
        #expect(DurationHistogram().quantile(0.5) == nil)
    }

    @Test func `have quantiles that lie evenly within a bucket`() throws {
        var histogram = DurationHistogram()
        histogram.counts[DurationHistogram.bucket(of: 1_500_000)] = 100  // 1 ms to 2 ms
        #expect(abs(try #require(histogram.quantile(0.5)) - 0.0015) < 1e-9)
        histogram.counts[DurationHistogram.bucket(of: 150_000_000)] = 100  // 100 ms to 200 ms
        #expect(abs(try #require(histogram.quantile(0.75)) - 0.15) < 1e-9)
        #expect(abs(try #require(histogram.quantile(0.5)) - 0.002) < 1e-9)
    }

    @Test func `have quantiles of at most the last bound`() {
        var histogram = DurationHistogram()
        histogram.counts[DurationHistogram.bucketCount - 1] = 1
        #expect(histogram.quantile(0.99) == 30)
    }

    @Test func `are counted for every tier and loop, and told together`() {
        let durations = RequestDurations.OfAllLoops()
        let loops = [durations.ofOneMoreLoop(), durations.ofOneMoreLoop()]
        for (index, tier) in AnswerTier.allCases.enumerated() {
            for loop in loops { loop.add(UInt64(index + 1) * 1_000_000, to: tier) }
            loops[0].add(.max / 2, to: tier)
            let histogram = durations.histogram(of: tier)
            #expect(histogram.count == 3)
            #expect(histogram.counts.last == 1)
            #expect(histogram.total == UInt64(index + 1) * 2_000_000 + .max / 2)
        }
    }

    private static let tiers: [(CacheStatus?, AnswerTier)] = [
        (.hit(timeToLive: 1, detail: .memory), .memory), (.hit(timeToLive: 1, detail: .redis), .redis),
        (.hit(timeToLive: -1, detail: .archive), .archive), (.forwarded(.uriMiss, status: 200), .upstream),
        (CacheStatus(.hit), AnswerTier.none), (nil, AnswerTier.none),
    ]

    @Test(arguments: tiers)
    func `belong to the tier that Cache-Status names`(status: CacheStatus?, tier: AnswerTier) {
        #expect(AnswerTier(status) == tier)
    }
}
