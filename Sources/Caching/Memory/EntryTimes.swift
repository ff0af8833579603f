/// When an answer in memory came and how long it may be used.
///
/// All times are milliseconds since 1970, by the clock of whoever passes `now`.
public struct EntryTimes: Sendable, Hashable {
    /// When the entry was put into memory.
    public var storedAt: Int64
    /// When the source gave the answer.
    public var fetchedAt: Int64
    /// When the answer stops being fresh.
    public var freshUntil: Int64
    /// When memory must look at the tiers below again.
    public var memoryUntil: Int64
    /// The last purge that was known when the fetch began; nil for an answer that nobody noted it for.
    public var purgeSequence: UInt64?

    public init(
        storedAt: Int64, fetchedAt: Int64, freshUntil: Int64, memoryUntil: Int64, purgeSequence: UInt64? = nil
    ) {
        self.purgeSequence = purgeSequence
        self.storedAt = storedAt
        self.fetchedAt = fetchedAt
        self.freshUntil = freshUntil
        self.memoryUntil = memoryUntil
    }
}
