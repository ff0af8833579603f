/// What the memory tier has done since it was made, and what it holds.
public struct MemoryCacheStatistics: Sendable, Hashable {
    /// Lookups that found a usable entry.
    public var hits: UInt64 = 0
    /// Lookups that did not.
    public var misses: UInt64 = 0
    /// Entries put in under a key that was not held.
    public var insertions: UInt64 = 0
    /// Entries put in place of another one with their key.
    public var replacements: UInt64 = 0
    /// Entries not taken: too large, or older than the one held.
    public var rejections: UInt64 = 0
    /// Entries that had to make room.
    public var evictions: UInt64 = 0
    /// Insertions straight into the main queue because the key had left the small one a short while ago.
    public var ghostAdmissions: UInt64 = 0
    /// Entries held.
    public var count = 0
    /// Bytes of the budget in use, tables included.
    public var bytes = 0

    public init() {}

    static func += (total: inout Self, part: Self) {
        total.hits += part.hits
        total.misses += part.misses
        total.insertions += part.insertions
        total.replacements += part.replacements
        total.rejections += part.rejections
        total.evictions += part.evictions
        total.ghostAdmissions += part.ghostAdmissions
        total.count += part.count
        total.bytes += part.bytes
    }
}
