import Synchronization

/// Which of the entries memory may answer with at once, though it cannot look at each of them when something concerns
/// many: a number that every entry is stamped with, and the least that counts.
///
/// One thread at a time changes it, the one that also puts entries in; any reads it. A lookup costs two relaxed loads.
struct MemoryTrust: ~Copyable, Sendable {
    /// What an entry was stamped with when it was last known to be right.
    struct Stamp: ~Copyable, Sendable {
        private let number = Atomic<UInt64>(0)

        var value: UInt64 {
            get { number.load(ordering: .relaxed) }
            nonmutating set { number.store(newValue, ordering: .relaxed) }
        }
    }

    /// The stamp of what is not known to be right.
    static let none: UInt64 = 0

    private let current = Atomic<UInt64>(1)
    /// The least for an answer at once.
    private let answerFloor = Atomic<UInt64>(1)
    /// The least for an answer without asking a tier below.
    private let trustFloor = Atomic<UInt64>(1)

    /// What is known to be right now is stamped with.
    var stamp: UInt64 { current.load(ordering: .relaxed) }

    /// The least for an answer at once.
    var floor: UInt64 { answerFloor.load(ordering: .relaxed) }

    var isClosed: Bool { floor == .max }

    func isTrusted(_ stamp: UInt64) -> Bool { !isClosed && stamp >= trustFloor.load(ordering: .relaxed) }

    func doubtAll() {
        let next = stamp + 1
        current.store(next, ordering: .relaxed)
        if !isClosed { answerFloor.store(next, ordering: .relaxed) }
    }

    func distrustAll() {
        doubtAll()
        trustFloor.store(stamp, ordering: .relaxed)
    }

    func setClosed(_ isClosed: Bool) {
        answerFloor.store(isClosed ? .max : stamp, ordering: .relaxed)
    }
}
