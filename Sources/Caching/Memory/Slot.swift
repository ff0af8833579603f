/// A place for one entry.
struct Slot {
    typealias Index = UInt32

    /// No slot.
    static let none = Index.max
    /// The highest count of hits that is kept.
    static let highestFrequency: UInt8 = 3

    /// Which queue a slot stands in.
    enum Queue: UInt8 {
        /// Newcomers, a tenth of the budget.
        case small
        /// Those that were asked for again.
        case main
    }

    /// Nil while the slot is free.
    var entry: MemoryEntry?
    var hash: UInt64
    /// What the entry takes of the budget, its slot included.
    var cost: Int
    /// The next slot of the same bucket, or the next free slot.
    var next: Index
    /// The neighbour in the queue that leaves earlier.
    var older = Slot.none
    /// The neighbour in the queue that leaves later.
    var newer = Slot.none
    var queue: Queue
    /// Hits since the entry came or was last spared, at most ``highestFrequency``.
    var frequency: UInt8 = 0
}
