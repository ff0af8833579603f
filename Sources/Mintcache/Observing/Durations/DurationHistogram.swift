/// How long things took, by buckets that lie like the marks of a ruler: 1, 2, 5 in every power of ten.
struct DurationHistogram: Sendable, Equatable {
    /// The longest duration of each bucket but the last, which has no end. In nanoseconds, from 10 µs to 30 s.
    static let bounds: [UInt64] = [
        10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000,
        50_000_000, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000,
        30_000_000_000,
    ]
    static let bucketCount = 21

    /// How many fell into each bucket.
    var counts = [UInt64](repeating: 0, count: bucketCount)
    /// All of them together, in nanoseconds.
    var total: UInt64 = 0

    var count: UInt64 { counts.reduce(0, &+) }

    /// The bucket of a duration in nanoseconds. Short ones are found first, because they are the frequent ones.
    @inline(__always)
    static func bucket(of nanoseconds: UInt64) -> Int {
        var bucket = 0
        while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
        return bucket
    }

    static func += (left: inout DurationHistogram, right: DurationHistogram) {
        for bucket in left.counts.indices { left.counts[bucket] &+= right.counts[bucket] }
        left.total &+= right.total
    }

    /// The duration, in seconds, that this part (0 ... 1) of all did not exceed, as Prometheus's `histogram_quantile`
    /// estimates it: evenly spread within a bucket, and at most where the last one begins. `nil` without any.
    func quantile(_ part: Double) -> Double? {
        let rank = part * Double(count)
        guard count > 0 else { return nil }
        var below = 0.0
        for (bucket, count) in counts.enumerated() where count > 0 {
            guard bucket < Self.bounds.count else { break }
            if below + Double(count) >= rank {
                let start = bucket == 0 ? 0 : Double(Self.bounds[bucket - 1])
                let share = max(0, rank - below) / Double(count)
                return (start + (Double(Self.bounds[bucket]) - start) * share) / 1e9
            }
            below += Double(count)
        }
        return Self.bounds.last.map { Double($0) / 1e9 }
    }
}
