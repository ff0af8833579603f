/// How long the last few answers took.
struct LatencyWindow: Sendable {
    private static let capacity = 64
    /// Fewer say nothing about a quantile.
    private static let leastCount = 8

    private var samples: [Duration] = []
    private var next = 0

    mutating func append(_ duration: Duration) {
        if samples.count < Self.capacity {
            samples.append(duration)
        } else {
            samples[next] = duration
            next = (next + 1) % Self.capacity
        }
    }

    /// What so many of a hundred answers took at most; nil while too few are known.
    func percentile(_ percent: Int) -> Duration? {
        guard samples.count >= Self.leastCount else { return nil }
        let rank = (samples.count * percent + 99) / 100
        return samples.sorted()[min(max(rank, 1), samples.count) - 1]
    }
}
