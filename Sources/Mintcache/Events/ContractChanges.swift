import Synchronization

/// When contracts said last that what they say about themselves is something else. Bounded: when full, what was said
/// longest ago is forgotten.
final class ContractChanges: Sendable {
    private struct Change {
        let moment: Int64
        let number: UInt64
    }

    private let capacity: Int
    private let state = Mutex<(changes: [CollectionKey: Change], number: UInt64)>(([:], 0))

    init(capacity: Int = 20_000) {
        self.capacity = capacity
    }

    /// A change that is heard of late takes nothing from a later one that was noted before it.
    ///
    /// - Parameter moment: milliseconds since 1970.
    func note(_ key: CollectionKey, at moment: Int64) {
        state.withLock { state in
            state.number += 1
            let moment = max(moment, state.changes[key]?.moment ?? moment)
            state.changes[key] = Change(moment: moment, number: state.number)
            guard state.changes.count > capacity else { return }
            let boundary = state.number - UInt64(capacity) * 9 / 10
            state.changes = state.changes.filter { $0.value.number > boundary }
        }
    }

    /// The number of the last change noted, of whatever contract.
    var number: UInt64 { state.withLock { $0.number } }

    /// When a contract changed last, if that is known.
    func latest(of key: CollectionKey) -> Int64? { state.withLock { $0.changes[key]?.moment } }

    /// When a contract changed, if that came after some other change.
    func latest(of key: CollectionKey, since number: UInt64) -> Int64? {
        state.withLock { state in state.changes[key].flatMap { $0.number > number ? $0.moment : nil } }
    }
}
