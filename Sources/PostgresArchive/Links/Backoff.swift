/// How long to wait before the next attempt to connect: not at all after a connection that worked, then longer and
/// longer, always a little different so that replicas do not come back in step.
struct Backoff {
    private static let first = Duration.milliseconds(100)
    private static let last = Duration.seconds(1)

    /// Attempts since something worked.
    private(set) var attempts = 0

    mutating func next(random: (ClosedRange<Double>) -> Double = { .random(in: $0) }) -> Duration {
        defer { attempts += 1 }
        guard attempts > 0 else { return .zero }
        let step = Self.first * (1 << min(attempts - 1, 10))
        return min(step, Self.last) * random(0.5...1)
    }

    mutating func reset() {
        attempts = 0
    }
}
