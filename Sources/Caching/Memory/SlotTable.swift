import Glibc

/// A chained hash table over a fixed number of slots.
///
/// Nothing is allocated after `init`: buckets hold slot numbers, chains run through the slots, and free slots form a
/// chain of their own. Slots are asked for as a whole but not touched until used, so that the kernel provides their
/// memory page by page.
///
/// Safe: slots below `used` are initialised and stay so until `deinit`; every index in a bucket, chain or queue is
/// below `used`; the table cannot be copied, so its memory has one owner, whose lock is held around every call.
struct SlotTable: ~Copyable, @unchecked Sendable {
    /// How many entries fit.
    let capacity: Int
    /// How many there are.
    private(set) var count = 0

    private let slots: UnsafeMutablePointer<Slot>
    private let buckets: UnsafeMutablePointer<Slot.Index>
    private let bucketCount: Int
    private var used = 0
    private var firstFree = Slot.none

    init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(Slot.none), "the number of slots must fit their index")
        self.capacity = capacity
        bucketCount = Self.bucketCount(capacity: capacity)
        slots = .allocate(capacity: capacity)
        buckets = .allocate(capacity: bucketCount)
        buckets.initialize(repeating: Slot.none, count: bucketCount)
    }

    deinit {
        slots.deinitialize(count: used)
        slots.deallocate()
        buckets.deallocate()
    }

    /// The bytes that a table takes before its first entry.
    static func fixedBytes(capacity: Int) -> Int {
        bucketCount(capacity: capacity) * MemoryLayout<Slot.Index>.stride
    }

    var isFull: Bool { count == capacity }

    /// Slots that hold or held an entry: those below this index.
    var usedSlots: Int { used }

    /// The slot at an index that this table gave out.
    func slot(_ index: Slot.Index) -> UnsafeMutablePointer<Slot> {
        assert(index < used)
        return slots + Int(index)
    }

    /// The slot whose entry has exactly this key, or `Slot.none`.
    func find(hash: UInt64, key: UnsafeRawBufferPointer) -> Slot.Index {
        var index = buckets[bucket(of: hash)]
        while index != Slot.none {
            let slot = slots + Int(index)
            if slot.pointee.hash == hash, Self.key(of: slot.pointee.entry, equals: key) { return index }
            index = slot.pointee.next
        }
        return index
    }

    /// Puts an entry whose key the table does not hold into a free slot; there must be one.
    mutating func insert(_ entry: MemoryEntry, hash: UInt64, cost: Int, queue: Slot.Queue) -> Slot.Index {
        precondition(!isFull, "no slot is free")
        let bucket = bucket(of: hash)
        let slot = Slot(entry: entry, hash: hash, cost: cost, next: buckets[bucket], queue: queue)
        let index: Slot.Index
        if firstFree != Slot.none {
            index = firstFree
            firstFree = slots[Int(index)].next
            slots[Int(index)] = slot
        } else {
            index = Slot.Index(used)
            (slots + used).initialize(to: slot)
            used += 1
        }
        buckets[bucket] = index
        count += 1
        return index
    }

    /// Frees the slot at `index` and hands out its entry, so that the caller can let go of it outside the lock.
    mutating func remove(_ index: Slot.Index) -> MemoryEntry? {
        let slot = slots + Int(index)
        let bucket = bucket(of: slot.pointee.hash)
        if buckets[bucket] == index {
            buckets[bucket] = slot.pointee.next
        } else {
            previous(to: index, in: bucket).pointee.next = slot.pointee.next
        }
        slot.pointee.next = firstFree
        firstFree = index
        count -= 1
        return slot.pointee.entry.take()
    }

    /// The slot before `index` in the chain of `bucket`.
    private func previous(to index: Slot.Index, in bucket: Int) -> UnsafeMutablePointer<Slot> {
        var current = buckets[bucket]
        while current != Slot.none {
            let slot = slots + Int(current)
            if slot.pointee.next == index { return slot }
            current = slot.pointee.next
        }
        preconditionFailure("a slot must be in the chain of its bucket")
    }

    private func bucket(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (bucketCount - 1) }

    /// A power of two, so that a mask finds the bucket, and no fewer than slots, so that chains stay short.
    private static func bucketCount(capacity: Int) -> Int {
        var count = 1
        while count < capacity { count *= 2 }
        return count
    }

    private static func key(of entry: MemoryEntry?, equals key: UnsafeRawBufferPointer) -> Bool {
        guard let entry, entry.key.count == key.count else { return false }
        guard let wanted = key.baseAddress else { return true }
        // Safe: both sides hold `key.count` bytes, compared above.
        return entry.key.withUnsafeBytes { held in
            guard let start = held.baseAddress else { return true }
            return memcmp(start, wanted, key.count) == 0
        }
    }
}
