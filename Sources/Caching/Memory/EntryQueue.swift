/// One first-in first-out queue of slots, linked through the slots themselves.
struct EntryQueue {
    /// The slot that leaves first.
    var oldest = Slot.none
    /// The slot that came last.
    var newest = Slot.none
    /// How many slots are queued.
    var count = 0
    /// What the queued entries take of the budget.
    var bytes = 0

    /// Puts the slot at `index` behind all others.
    mutating func append(_ index: Slot.Index, in table: borrowing SlotTable) {
        let slot = table.slot(index)
        slot.pointee.older = newest
        slot.pointee.newer = Slot.none
        if newest == Slot.none { oldest = index } else { table.slot(newest).pointee.newer = index }
        newest = index
        count += 1
        bytes += slot.pointee.cost
    }

    /// Takes the slot at `index` out, wherever it stands in this queue.
    mutating func remove(_ index: Slot.Index, in table: borrowing SlotTable) {
        let slot = table.slot(index)
        let (older, newer) = (slot.pointee.older, slot.pointee.newer)
        if older == Slot.none { oldest = newer } else { table.slot(older).pointee.newer = newer }
        if newer == Slot.none { newest = older } else { table.slot(newer).pointee.older = older }
        count -= 1
        bytes -= slot.pointee.cost
    }
}
