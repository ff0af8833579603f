/// Waiting times between attempts at the same thing: from 50 ms, doubling up to 2 s, each shortened by up to half at
/// random, so that replicas that failed together do not try together.
struct Backoff {
    private static let shortest = Duration.milliseconds(50)
    private static let longest = Duration.seconds(2)

    private var current = Self.shortest

    mutating func next() -> Duration {
        defer { current = min(current * 2, Self.longest) }
        return current * Double.random(in: 0.5...1)
    }

    /// Whether several attempts in a row have failed.
    var isLong: Bool { current > Self.shortest * 4 }

    mutating func reset() {
        current = Self.shortest
    }
}
