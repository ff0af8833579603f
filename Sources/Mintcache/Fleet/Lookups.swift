/// What is being looked up here, and what is heard meanwhile of others who fetched it: a copy from before that was found
/// is not the newest any more.
///
/// Bounded by the flights that are under way.
struct Lookups<Key: Hashable & Sendable>: Sendable {
    private struct Lookup {
        var count = 0
        /// When the newest that was heard of was fetched, in milliseconds since 1970.
        var newest = Int64.min
    }

    private var lookups: [Key: Lookup] = [:]

    mutating func begin(_ key: Key) { lookups[key, default: Lookup()].count += 1 }

    mutating func end(_ key: Key) {
        guard let lookup = lookups[key] else { return }
        if lookup.count > 1 { lookups[key]?.count -= 1 } else { lookups[key] = nil }
    }

    /// Another instance has brought what was fetched at a moment.
    mutating func note(_ key: Key, fetchedAt moment: Int64) {
        guard let lookup = lookups[key] else { return }
        lookups[key]?.newest = max(lookup.newest, moment)
    }

    /// Whether others have something newer.
    func isSurpassed(_ key: Key, fetchedAt moment: Int64) -> Bool {
        lookups[key].map { moment < $0.newest } ?? false
    }
}
