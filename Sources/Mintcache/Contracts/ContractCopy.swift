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
}

/// A copy found in some tier, and what may be done with it.
struct FoundContract: Sendable {
    let copy: ContractCopy
    /// `nil` for memory itself.
    let tier: CacheTier?
    let freshness: Freshness

    /// - Parameter change: when the contract said last that it has changed, if it did.
    init(_ copy: ContractCopy, in tier: CacheTier?, by staleness: StalenessPolicy, at now: Int64, change: Int64?) {
        self.copy = copy
        self.tier = tier
        var freshness = staleness.freshness(fetchedAt: copy.fetchedAt, freshUntil: copy.freshUntil, now: now)
        if freshness == .fresh, let change, copy.fetchedAt < change { freshness = .staleWhileRevalidate }
        // That there is nothing is not worth keeping beyond its time.
        self.freshness = copy.object != nil || freshness == .fresh ? freshness : .expired
    }

    /// Whether it may still stand in for an error.
    var isGoodCopy: Bool { copy.object != nil && freshness != .expired }
}
