public import HTTPCaching
import Synchronization

/// The memory tier: finished answers and stored responses by key, in a fixed number of bytes, shared by all loops.
///
/// The keys are spread over shards, each with a lock of its own that is held for well under a microsecond. A lookup takes
/// one hash and one lock and allocates nothing; what it returns stays usable after the entry has left the cache.
///
/// Times are milliseconds since 1970 and come from the caller; nothing here reads a clock. Any thread may call.
///
/// Safe: the shards are initialised in `init`, freed in `deinit`, and reached only through their own locks.
public final class MemoryCache: @unchecked Sendable {
    /// How much the memory tier may hold.
    public struct Limits: Sendable, Hashable {
        /// Bytes in all: entries with everything they hold, tables, and the hashes of entries that left.
        public var bytes: Int
        /// Bytes of the largest entry that is taken.
        public var entryBytes: Int
        /// The most parts the keys are spread over; rounded down to a power of two.
        public var shards: Int

        /// - Parameters:
        ///   - bytes: at least 64 KiB count as given, less counts as 64 KiB.
        ///   - entryBytes: the largest entry in bytes.
        ///   - shards: fewer are used when each could not hold several of the largest entries.
        public init(bytes: Int, entryBytes: Int, shards: Int = 32) {
            self.bytes = max(bytes, 64 << 10)
            self.entryBytes = entryBytes
            self.shards = max(1, shards)
        }
    }

    private let shards: UnsafeMutablePointer<Mutex<MemoryShard>>
    private let shardCount: Int
    private let largestEntry: Int
    let trust = MemoryTrust()

    public init(_ limits: Limits) {
        shardCount = Self.shardCount(limits)
        shards = .allocate(capacity: shardCount)
        let share = MemoryShard.Limits(bytes: limits.bytes / shardCount, entryBytes: limits.entryBytes)
        largestEntry = share.largestEntry
        for index in 0..<shardCount { (shards + index).initialize(to: Mutex(MemoryShard(share))) }
    }

    deinit {
        shards.deinitialize(count: shardCount)
        shards.deallocate()
    }

    /// The entry for `key`, unless memory must ask the tiers below again.
    ///
    /// - Parameters:
    ///   - key: borrowed for the call.
    ///   - now: milliseconds since 1970.
    public func entry(forKey key: UnsafeRawBufferPointer, at now: Int64) -> CacheEntry? {
        guard case .token(let entry) = current(key, at: now) else { return nil }
        return entry
    }

    /// The entry for `key` even when its time in memory is over: what is left when no tier below answers.
    ///
    /// The caller decides by the entry's own times whether it may be used.
    public func lastKnownEntry(forKey key: UnsafeRawBufferPointer) -> CacheEntry? {
        guard case .token(let entry) = lastKnown(key) else { return nil }
        return entry
    }

    /// The responses for `key`, as ``entry(forKey:at:)``.
    public func responses(forKey key: UnsafeRawBufferPointer, at now: Int64) -> ResponseEntry? {
        guard case .responses(let entry) = current(key, at: now) else { return nil }
        return entry
    }

    /// The responses for `key`, as ``lastKnownEntry(forKey:)``.
    public func lastKnownResponses(forKey key: UnsafeRawBufferPointer) -> ResponseEntry? {
        guard case .responses(let entry) = lastKnown(key) else { return nil }
        return entry
    }

    /// Puts `entry` in under its key, making room as needed.
    ///
    /// - Parameter isTrusted: whether it is known to be right now; else it answers nobody before a tier below was asked.
    /// - Returns: false when the entry is larger than allowed, or when a newer answer is held under its key.
    @discardableResult
    public func insert(_ entry: CacheEntry, isTrusted: Bool = true) -> Bool {
        insert(.token(entry), stamped: isTrusted ? nil : MemoryTrust.none)
    }

    /// Puts `entry` in under its key, making room as needed. Responses that make it larger than allowed are left out,
    /// the oldest before others.
    ///
    /// - Returns: false when none of them may be held. What was held under the key is gone then, too.
    @discardableResult
    public func insert(_ entry: ResponseEntry) -> Bool { insert(.responses(entry.fitting(largestEntry) ?? entry)) }

    /// Puts in an entry that was made from another, and is as right as that one.
    @discardableResult
    public func insert(_ entry: CacheEntry, madeFrom source: CacheEntry) -> Bool {
        insert(.token(entry), stamped: source.stamp.value)
    }

    /// An entry's answer in the coding that suits the client best. Who asks for a form first waits until it is made; from
    /// then on the entry holds it, and counts for more.
    public func representation(of entry: CacheEntry, for accepted: AcceptEncoding) -> Representation {
        entry.representation(for: accepted) { entry.key.withUnsafeBytes { recount($0) } }
    }

    /// Takes out the entry for `key`; whether there was one.
    @discardableResult
    public func remove(forKey key: UnsafeRawBufferPointer) -> Bool {
        let hash = Self.hash(key)
        let removed = shards[shard(of: hash)].withLock { $0.remove(hash: hash, key: key) }
        return removed != nil
    }

    /// Takes out every entry; how many there were.
    @discardableResult
    public func removeAll() -> Int {
        (0..<shardCount).reduce(0) { $0 + shards[$1].withLock { $0.removeAll() }.count }
    }

    /// Visits the tokens' entries that are held, in no order. Takes time in proportion to the memory tier, a few slots
    /// under a lock at a time, so that lookups go on; what comes and goes meanwhile may be missed or visited still.
    ///
    /// - Parameter body: called without a lock; may change the cache.
    public func forEachToken(_ body: (CacheEntry) -> Void) {
        var entries: [CacheEntry] = []
        for index in 0..<shardCount {
            var position = 0
            while let next = shards[index].withLock({ $0.tokens(from: position, into: &entries) }) {
                position = next
                for entry in entries { body(entry) }
                entries.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Counters of all shards together. The shards are read one after another.
    public var statistics: MemoryCacheStatistics {
        var total = MemoryCacheStatistics()
        for index in 0..<shardCount { total += shards[index].withLock { $0.statistics } }
        return total
    }

    /// How many entries are held.
    public var count: Int { statistics.count }

    /// How many bytes of the budget are in use.
    public var bytes: Int { statistics.bytes }

    private func current(_ key: UnsafeRawBufferPointer, at now: Int64) -> MemoryEntry? {
        let hash = Self.hash(key)
        let floor = trust.floor
        return shards[shard(of: hash)].withLock { $0.entry(hash: hash, key: key, at: now, from: floor) }
    }

    private func lastKnown(_ key: UnsafeRawBufferPointer) -> MemoryEntry? {
        let hash = Self.hash(key)
        return shards[shard(of: hash)].withLock { $0.heldEntry(hash: hash, key: key) }
    }

    private func insert(_ entry: MemoryEntry, stamped stamp: UInt64? = nil) -> Bool {
        entry.stamp = stamp ?? trust.stamp
        let hash = entry.key.withUnsafeBytes { Self.hash($0) }
        var released: [MemoryEntry] = []
        return shards[shard(of: hash)].withLock { $0.insert(entry, hash: hash, releasing: &released) }
    }

    private func recount(_ key: UnsafeRawBufferPointer) {
        let hash = Self.hash(key)
        var released: [MemoryEntry] = []
        shards[shard(of: hash)].withLock { $0.recount(hash: hash, key: key, releasing: &released) }
    }

    /// Seeded anew in every process, so that nobody outside can choose keys that meet in one chain.
    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The highest bits, which the tables inside a shard do not use.
    private func shard(of hash: UInt64) -> Int { Int(hash >> 48) & (shardCount - 1) }

    private static func shardCount(_ limits: Limits) -> Int {
        let most = max(1, min(limits.shards, 1 << 10, limits.bytes / max(64 << 10, 4 * max(1, limits.entryBytes))))
        var count = 1
        while count * 2 <= most { count *= 2 }
        return count
    }
}
