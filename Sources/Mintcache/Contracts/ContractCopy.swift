import Caching
import HTTPCaching
import Tokens

/// What a tier holds of a contract.
struct ContractCopy: Sendable {
    /// The contract object, as one that is not stale; `nil` when nothing is at the address.
    let object: [UInt8]?
    /// Milliseconds since 1970.
    let fetchedAt: Int64
    let freshUntil: Int64
    /// The last purge that was known when the fetch began.
    var purgeSequence: UInt64?

    var purgeOrigin: PurgeOrigin { PurgeOrigin(sequence: purgeSequence, fetchedAt: fetchedAt) }
}

/// A copy found in some tier, and what may be done with it.
struct FoundContract: Sendable {
    let copy: ContractCopy
    /// `nil` for memory itself.
    let tier: CacheTier?
    let freshness: Freshness

    /// - Parameters:
    ///   - change: when the contract said last that it has changed, if it did.
    ///   - isPurged: whether it is to be fetched anew whatever its times say.
    init(
        _ copy: ContractCopy, in tier: CacheTier?, by staleness: StalenessPolicy, at now: Int64, change: Int64?,
        isPurged: Bool
    ) {
        self.copy = copy
        self.tier = tier
        var freshness = staleness.freshness(fetchedAt: copy.fetchedAt, freshUntil: copy.freshUntil, now: now)
        let isChanged = change.map { copy.fetchedAt < $0 } ?? false
        if freshness == .fresh, isChanged || isPurged { freshness = .staleWhileRevalidate }
        // That there is nothing is not worth keeping beyond its time.
        self.freshness = copy.object != nil || freshness == .fresh ? freshness : .expired
    }

    /// Whether it may still stand in for an error.
    var isGoodCopy: Bool { copy.object != nil && freshness != .expired }
}
