import Synchronization
import Tokens

/// Collections whose flights are logged step by step for a while: what an operator switches on at run time.
///
/// Any thread. Asking costs a load when there are none.
final class DebugTable: Sendable {
    static let capacity = 64

    struct Rule: Sendable {
        let collection: CollectionKey
        /// Milliseconds since 1970.
        let until: Int64
        /// 0 ... 1: of its flights, how many.
        let sample: Double
    }

    private let rules = Mutex<[CollectionKey: Rule]>([:])
    private let isInUse = Atomic(false)

    /// Those in force.
    func current(at now: Int64) -> [Rule] {
        rules.withLock { rules in
            rules = rules.filter { $0.value.until > now }
            isInUse.store(!rules.isEmpty, ordering: .relaxed)
            return rules.values.sorted { $0.until < $1.until }
        }
    }

    /// Puts a rule in the place of the collection's former one; one that is over only takes that away. False when there
    /// are too many.
    func set(_ rule: Rule, at now: Int64) -> Bool {
        _ = current(at: now)
        return rules.withLock { rules in
            guard rules[rule.collection] != nil || rules.count < Self.capacity else { return false }
            rules[rule.collection] = rule.until > now ? rule : nil
            isInUse.store(!rules.isEmpty, ordering: .relaxed)
            return true
        }
    }

    func wants(_ collection: CollectionKey, at now: Int64) -> Bool {
        guard isInUse.load(ordering: .relaxed) else { return false }
        guard let rule = rules.withLock({ $0[collection] }), rule.until > now else { return false }
        return rule.sample >= 1 || .random(in: 0..<1) < rule.sample
    }
}
