import EventLoops
import HTTPCaching

/// What went wrong with tokens, or contracts, a short while ago: nobody asks their sources again before the time is up,
/// and each further time in a row keeps them away longer. Bounded: when full, what is over goes first, then everything.
struct Setbacks<Key: Hashable & Sendable>: Sendable {
    struct Setback: Sendable {
        /// What a client is told when nothing is held; nil when the sources gave an answer that is worth less than what
        /// is held.
        let problem: Problem?
        /// Milliseconds since 1970.
        let until: Int64
        /// How many times in a row, this one included.
        let repetitions: Int
    }

    private static var capacity: Int { 10_000 }
    /// How long a setback is counted on after its time, as a multiple of it: one long past is no repetition.
    private static var memory: Int64 { 10 }

    private var setbacks: [Key: (setback: Setback, since: Int64)] = [:]

    /// The setback that still keeps its sources from being asked. Times in milliseconds since 1970.
    func current(for key: Key, at now: Int64) -> Setback? {
        guard let found = setbacks[key]?.setback, now < found.until else { return nil }
        return found
    }

    /// How many times in a row there would have been one, with one now.
    func repetitions(for key: Key, at now: Int64) -> Int {
        guard let (setback, since) = setbacks[key] else { return 1 }
        let isRecent = now - setback.until < (setback.until - since) * Self.memory
        return isRecent ? setback.repetitions + 1 : 1
    }

    /// Keeps the sources of a key from being asked for a while, which is returned.
    ///
    /// - Parameters:
    ///   - digest: of the key, which spreads the ends of such times.
    ///   - memory: how long; without it, the longer the more often it was in a row.
    mutating func remember(
        _ problem: Problem?, for key: Key, digest: UInt64, for memory: Duration?, by lifetimes: LifetimePolicy,
        at now: Int64
    ) -> Duration {
        let repetitions = repetitions(for: key, at: now)
        let until =
            memory.map { now + $0.inMilliseconds }
            ?? lifetimes.freshUntil(fetchedAt: now, outcome: .failure, repetitions: repetitions, digest: digest)
        remember(Setback(problem: problem, until: until, repetitions: repetitions), for: key, at: now)
        return .milliseconds(until - now)
    }

    mutating func remember(_ setback: Setback, for key: Key, at now: Int64) {
        if setbacks.count >= Self.capacity {
            setbacks = setbacks.filter { now < $0.value.setback.until }
            if setbacks.count >= Self.capacity { setbacks.removeAll() }
        }
        setbacks[key] = (setback, now)
    }

    mutating func forget(where isMeant: (Key) -> Bool) {
        setbacks = setbacks.filter { !isMeant($0.key) }
    }

    /// False when nothing was remembered.
    @discardableResult
    mutating func forget(_ key: Key) -> Bool {
        setbacks.removeValue(forKey: key) != nil
    }
}
