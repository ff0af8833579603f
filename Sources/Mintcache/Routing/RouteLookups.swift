import Synchronization

/// Keys that are being looked up in Redis, and how often what is stored there was invalidated meanwhile: what was found
/// may be from before.
///
/// Bounded by the look-ups under way.
final class RouteLookups: Sendable {
    private let lookups = Mutex<[[UInt8]: (count: Int, invalidations: UInt64)]>([:])

    /// Begins a look-up; the invalidations so far.
    func begin(_ key: [UInt8]) -> UInt64 {
        lookups.withLock { lookups in
            lookups[key, default: (0, 0)].count += 1
            return lookups[key]?.invalidations ?? 0
        }
    }

    /// Ends a look-up; true when nothing was invalidated since it began.
    func end(_ key: [UInt8], begunAfter invalidations: UInt64) -> Bool {
        lookups.withLock { lookups in
            guard let lookup = lookups[key] else { return false }
            if lookup.count > 1 { lookups[key]?.count -= 1 } else { lookups[key] = nil }
            return lookup.invalidations == invalidations
        }
    }

    func noteInvalidation(of key: [UInt8]) {
        lookups.withLock { $0[key]?.invalidations += 1 }
    }
}
