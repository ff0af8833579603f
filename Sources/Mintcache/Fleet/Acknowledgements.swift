import EventLoops

/// Which instances have done as purges demand, and who waits for that. Confined to its loop.
struct Acknowledgements {
    /// More than ever live at once.
    private static let limit = 1000

    private struct Poll {
        let sequence: UInt64
        var missing: Set<String>
        let wait: Wait<Void>
    }

    /// The last purge that each instance has acknowledged: announcements are followed in their order, so that it has
    /// done as all before it demand, too.
    private var last: [String: UInt64] = [:]
    private var polls: [Int: Poll] = [:]
    private var nextPoll = 0

    mutating func note(_ sequence: UInt64, by instance: String) {
        last[instance] = max(last[instance] ?? 0, sequence)
        settle { _ in true }
    }

    /// Nobody waits for who lives no more.
    mutating func adopt(living: Set<String>) {
        if last.count > Self.limit { last = last.filter { living.contains($0.key) } }
        settle { living.contains($0) }
    }

    /// Begins to wait for instances; resumes when none is missing.
    mutating func begin(_ sequence: UInt64, from instances: Set<String>) -> (poll: Int, wait: Wait<Void>) {
        nextPoll += 1
        let wait = Wait<Void>()
        polls[nextPoll] = Poll(sequence: sequence, missing: instances, wait: wait)
        settle { _ in true }
        return (nextPoll, wait)
    }

    /// Ends a wait; who is missing.
    mutating func end(_ poll: Int) -> Set<String> { polls.removeValue(forKey: poll)?.missing ?? [] }

    func hasAcknowledged(_ sequence: UInt64, _ instance: String) -> Bool { (last[instance] ?? 0) >= sequence }

    private mutating func settle(_ isAwaited: (String) -> Bool) {
        for (number, poll) in polls {
            let missing = poll.missing.filter { isAwaited($0) && !hasAcknowledged(poll.sequence, $0) }
            polls[number]?.missing = missing
            if missing.isEmpty { poll.wait.resume(()) }
        }
    }
}
