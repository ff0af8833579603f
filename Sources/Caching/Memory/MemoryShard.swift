/// A part of the memory tier under one lock, with the S3-FIFO policy.
///
/// The policy (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023) in short: newcomers enter a
/// small queue of a tenth of the bytes. When room is needed and the small queue is over its share, its oldest entry
/// leaves: to the main queue if it was hit at least twice meanwhile, else out, and only its hash is remembered. An entry
/// whose hash is remembered when it comes back goes to the main queue at once. The main queue gives its oldest entry
/// another round for each counted hit. A crawler that walks all tokens once passes through the small queue and leaves
/// the main one alone.
///
/// A hit only counts up a number in its slot; nothing is moved. The lock protects everything here.
struct MemoryShard: ~Copyable, Sendable {
    /// What one shard may hold.
    struct Limits: Sendable {
        /// Bytes in all, the tables included.
        let bytes: Int
        /// Bytes of one entry.
        let entryBytes: Int

        /// How many entries there are slots for: the smallest real answer takes more than this share of the bytes.
        var slots: Int { max(16, bytes / 768) }

        /// The bytes taken before the first entry.
        var fixedBytes: Int {
            SlotTable.fixedBytes(capacity: slots) + GhostQueue.fixedBytes(capacity: slots)
        }

        /// The bytes left for entries, each with its slot.
        var entryBudget: Int { max(0, bytes - fixedBytes) }

        /// The bytes that one entry may take, without its slot.
        var largestEntry: Int { min(entryBytes, entryBudget) - MemoryLayout<Slot>.stride }
    }

    private let entryBudget: Int
    private let smallBudget: Int
    private let largestEntry: Int
    private let fixedBytes: Int
    private var table: SlotTable
    private var ghost: GhostQueue
    private var small = EntryQueue()
    private var main = EntryQueue()
    private var counters = MemoryCacheStatistics()

    /// Entries that may be given another round while room is made once, so that the lock is held for a bounded time.
    ///
    /// Each round was paid for by a hit, so on average there is less than one; only a cache that fills up for the first
    /// time with nothing but popular entries meets this many in a row.
    private static let mostSpared = 512

    init(_ limits: Limits) {
        fixedBytes = limits.fixedBytes
        entryBudget = limits.entryBudget
        smallBudget = entryBudget / 10
        largestEntry = limits.largestEntry
        table = SlotTable(capacity: limits.slots)
        ghost = GhostQueue(capacity: limits.slots)
    }

    var statistics: MemoryCacheStatistics {
        var result = counters
        result.count = table.count
        result.bytes = fixedBytes + usedBytes
        return result
    }

    /// The entry for `key` that memory may still vouch for at `now`.
    mutating func entry(hash: UInt64, key: UnsafeRawBufferPointer, at now: Int64, from floor: UInt64) -> MemoryEntry? {
        guard let entry = heldEntry(hash: hash, key: key), now < entry.memoryUntil, entry.stamp >= floor
        else {
            counters.misses += 1
            return nil
        }
        counters.hits += 1
        return entry
    }

    /// The entry for `key`, whatever its times say. Not counted as a lookup, but as a sign of interest.
    mutating func heldEntry(hash: UInt64, key: UnsafeRawBufferPointer) -> MemoryEntry? {
        let index = table.find(hash: hash, key: key)
        guard index != Slot.none else { return nil }
        let slot = table.slot(index)
        if slot.pointee.frequency < Slot.highestFrequency { slot.pointee.frequency += 1 }
        return slot.pointee.entry
    }

    /// Puts `entry` in, in place of the one with its key if there is one.
    ///
    /// - Parameters:
    ///   - hash: of the entry's key.
    ///   - released: gets the entries that left, to be let go of outside the lock.
    /// - Returns: whether the entry is held now.
    mutating func insert(_ entry: MemoryEntry, hash: UInt64, releasing released: inout [MemoryEntry]) -> Bool {
        let footprint = entry.footprint
        let cost = footprint + MemoryLayout<Slot>.stride
        let index = entry.key.withUnsafeBytes { table.find(hash: hash, key: $0) }
        if index != Slot.none, let old = table.slot(index).pointee.entry, !entry.supersedes(old) {
            counters.rejections += 1
            return false
        }
        guard footprint <= largestEntry else {
            // What is held under the key is out of date all the same.
            if index != Slot.none, let old = remove(index) { released.append(old) }
            counters.rejections += 1
            return false
        }
        if index != Slot.none {
            replace(index, with: entry, cost: cost, releasing: &released)
        } else {
            add(entry, hash: hash, cost: cost, releasing: &released)
        }
        return true
    }

    /// Counts anew what the entry for `key` takes, making room for it as needed.
    mutating func recount(hash: UInt64, key: UnsafeRawBufferPointer, releasing released: inout [MemoryEntry]) {
        let index = table.find(hash: hash, key: key)
        guard index != Slot.none, let entry = table.slot(index).pointee.entry else { return }
        charge(index, entry.footprint + MemoryLayout<Slot>.stride, releasing: &released)
    }

    /// Takes out the entry for `key`.
    mutating func remove(hash: UInt64, key: UnsafeRawBufferPointer) -> MemoryEntry? {
        let index = table.find(hash: hash, key: key)
        return index == Slot.none ? nil : remove(index)
    }

    /// Gathers the tokens' entries in some of the slots; where to go on, or nil when there are no more slots. Not counted
    /// as a sign of interest.
    func tokens(from start: Int, into entries: inout [CacheEntry]) -> Int? {
        let end = min(start + Self.visitedAtOnce, table.usedSlots)
        guard start < end else { return nil }
        for index in start..<end {
            if case .token(let entry) = table.slot(Slot.Index(index)).pointee.entry { entries.append(entry) }
        }
        return end
    }

    /// Slots looked at while the lock is held: each may cost a miss of the processor's caches.
    private static let visitedAtOnce = 32

    /// Takes out everything; takes time in proportion.
    mutating func removeAll() -> [MemoryEntry] {
        var entries: [MemoryEntry] = []
        entries.reserveCapacity(table.count)
        while table.count > 0 {
            if let entry = remove(small.count > 0 ? small.oldest : main.oldest) { entries.append(entry) }
        }
        return entries
    }

    private var usedBytes: Int { small.bytes + main.bytes }

    /// A replaced entry keeps its place in its queue and its hits: the key is as popular as before.
    private mutating func replace(
        _ index: Slot.Index, with entry: MemoryEntry, cost: Int, releasing released: inout [MemoryEntry]
    ) {
        let slot = table.slot(index)
        if let old = slot.pointee.entry { released.append(old) }
        slot.pointee.entry = entry
        counters.replacements += 1
        charge(index, cost, releasing: &released)
    }

    private mutating func charge(_ index: Slot.Index, _ cost: Int, releasing released: inout [MemoryEntry]) {
        let slot = table.slot(index)
        let difference = cost - slot.pointee.cost
        slot.pointee.cost = cost
        switch slot.pointee.queue {
        case .small: small.bytes += difference
        case .main: main.bytes += difference
        }
        makeRoom(releasing: &released) { $0.usedBytes > $0.entryBudget }
    }

    private mutating func add(
        _ entry: MemoryEntry, hash: UInt64, cost: Int, releasing released: inout [MemoryEntry]
    ) {
        makeRoom(releasing: &released) { $0.usedBytes + cost > $0.entryBudget || $0.table.isFull }
        let isRemembered = ghost.forget(hash, window: max(16, table.count))
        let queue: Slot.Queue = isRemembered ? .main : .small
        enqueue(table.insert(entry, hash: hash, cost: cost, queue: queue), in: queue)
        counters.insertions += 1
        if isRemembered { counters.ghostAdmissions += 1 }
    }

    /// Lets the oldest leave, but for those whose hits have earned them another round, while it is too full.
    private mutating func makeRoom(
        releasing released: inout [MemoryEntry], while isTooFull: (borrowing MemoryShard) -> Bool
    ) {
        var spared = 0
        while isTooFull(self) {
            if spared < Self.mostSpared, spareOldest() {
                spared += 1
            } else {
                evictOne(releasing: &released)
            }
        }
    }

    /// The queue whose oldest entry must leave or be spared next.
    private var queueInTurn: Slot.Queue {
        small.bytes > smallBudget || main.count == 0 ? .small : .main
    }

    /// Gives the entry in turn another round in the main queue, if its hits have earned one.
    private mutating func spareOldest() -> Bool {
        switch queueInTurn {
        case .small:
            let slot = table.slot(small.oldest)
            guard slot.pointee.frequency > 1 else { return false }
            slot.pointee.frequency = 0
            move(small.oldest, from: .small)
        case .main:
            let slot = table.slot(main.oldest)
            guard slot.pointee.frequency > 0 else { return false }
            slot.pointee.frequency -= 1
            move(main.oldest, from: .main)
        }
        return true
    }

    private mutating func evictOne(releasing released: inout [MemoryEntry]) {
        let queue = queueInTurn
        let index = queue == .small ? small.oldest : main.oldest
        precondition(index != Slot.none, "room is made only while something is held")
        if queue == .small { ghost.remember(table.slot(index).pointee.hash) }
        if let entry = remove(index) { released.append(entry) }
        counters.evictions += 1
    }

    private mutating func remove(_ index: Slot.Index) -> MemoryEntry? {
        dequeue(index, from: table.slot(index).pointee.queue)
        return table.remove(index)
    }

    private mutating func move(_ index: Slot.Index, from queue: Slot.Queue) {
        dequeue(index, from: queue)
        table.slot(index).pointee.queue = .main
        enqueue(index, in: .main)
    }

    private mutating func enqueue(_ index: Slot.Index, in queue: Slot.Queue) {
        switch queue {
        case .small: small.append(index, in: table)
        case .main: main.append(index, in: table)
        }
    }

    private mutating func dequeue(_ index: Slot.Index, from queue: Slot.Queue) {
        switch queue {
        case .small: small.remove(index, in: table)
        case .main: main.remove(index, in: table)
        }
    }
}
