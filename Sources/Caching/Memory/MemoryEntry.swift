/// What a slot of the memory tier holds. The kinds share one budget, and a key is of one kind.
enum MemoryEntry: Sendable {
    case token(CacheEntry)
    case responses(ResponseEntry)

    var key: [UInt8] {
        switch self {
        case .token(let entry): entry.key
        case .responses(let entry): entry.key
        }
    }

    /// When memory must look at the tiers below again, in milliseconds since 1970.
    var memoryUntil: Int64 {
        switch self {
        case .token(let entry): entry.times.memoryUntil
        case .responses(let entry): entry.times.memoryUntil
        }
    }

    /// When it was last known to be right: see ``MemoryTrust``.
    var stamp: UInt64 {
        get {
            switch self {
            case .token(let entry): entry.stamp.value
            case .responses(let entry): entry.stamp.value
            }
        }
        nonmutating set {
            switch self {
            case .token(let entry): entry.stamp.value = newValue
            case .responses(let entry): entry.stamp.value = newValue
            }
        }
    }

    /// What the entry takes of the memory budget, in bytes.
    var footprint: Int {
        switch self {
        case .token(let entry): entry.footprint
        case .responses(let entry): entry.footprint
        }
    }

    /// Whether this entry may take the place of `old`.
    ///
    /// A token's answer never goes back in time, except when the old one is past its time in memory, or claims to be
    /// from the future. Responses were told apart, one variant at a time, when they were put together.
    func supersedes(_ old: MemoryEntry) -> Bool {
        guard case .token(let entry) = self, case .token(let held) = old else { return true }
        return entry.times.fetchedAt >= held.times.fetchedAt || held.times.memoryUntil <= entry.times.storedAt
            || held.times.fetchedAt > entry.times.storedAt
    }
}
