import EventLoops

/// Keeps all connections of a client and its siblings together from asking one server more than five times a second:
/// when it comes back, they take turns. Confined to a loop.
final class AttemptPacer {
    private static let interval = Duration.milliseconds(200)
    /// Servers that come and go with a cluster's changes are forgotten some day.
    private static let capacity = 256

    private var nextTurns: [RedisEndpoint: MonotonicTime] = [:]

    /// Takes the next turn and answers how long it is until then.
    func takeTurn(at endpoint: RedisEndpoint, now: MonotonicTime) -> Duration {
        if nextTurns.count >= Self.capacity { nextTurns = nextTurns.filter { $0.value > now } }
        let turn = max(now, nextTurns[endpoint] ?? now)
        nextTurns[endpoint] = turn + Self.interval
        return turn - now
    }
}
