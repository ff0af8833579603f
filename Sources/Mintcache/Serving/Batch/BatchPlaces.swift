import Synchronization

/// How many tokens all batches together may wait for at a time: fewer than the upstream clients and the gathering of
/// calls have room for, so that batches do not shut out those who ask for one token.
final class BatchPlaces: Sendable {
    static let capacity = 1_000

    private let taken = Atomic<Int>(0)

    /// Takes up to so many places, and returns how many there were.
    func take(upTo count: Int) -> Int {
        var current = taken.load(ordering: .relaxed)
        while true {
            let granted = max(0, min(count, Self.capacity - current))
            guard granted > 0 else { return 0 }
            let (exchanged, original) = taken.compareExchange(
                expected: current, desired: current + granted, ordering: .relaxed)
            if exchanged { return granted }
            current = original
        }
    }

    /// Takes one whether there is one or not: a batch that has none would never end.
    func takeOne() {
        taken.add(1, ordering: .relaxed)
    }

    func giveBack(_ count: Int = 1) {
        taken.subtract(count, ordering: .relaxed)
    }
}
