/// Keys whose answers turned out to be nobody's but the asker's, so that those who come next do not line up for one
/// another's fetch in vain. Bounded: when full, what is over goes first, then everything.
struct RememberedUncacheable {
    /// Milliseconds.
    static let lifetime: Int64 = 10_000
    private static let capacity = 10_000

    private var until: [[UInt8]: Int64] = [:]

    /// Times in milliseconds since 1970.
    func contains(_ key: [UInt8], at now: Int64) -> Bool {
        until[key].map { now < $0 } ?? false
    }

    mutating func remember(_ key: [UInt8], at now: Int64) {
        if until.count >= Self.capacity {
            until = until.filter { now < $0.value }
            if until.count >= Self.capacity { until.removeAll() }
        }
        until[key] = now + Self.lifetime
    }

    mutating func forget(_ key: [UInt8]) {
        until[key] = nil
    }
}
