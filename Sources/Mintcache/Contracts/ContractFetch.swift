import Caching
import Tokens

/// What a flight needs to know of itself when it asks a contract.
struct ContractFetch: Sendable {
    let key: CollectionKey
    let purpose: FlightPurpose
    /// The last change and the last purge that were known when it began.
    let beginning: (change: UInt64, purge: UInt64)
    /// The best that any tier held.
    var found: FoundContract?
    /// Set when it fetches for all instances.
    var lease: FetchLease?

    init(_ key: CollectionKey, _ purpose: FlightPurpose, in store: ContractStore) {
        self.key = key
        self.purpose = purpose
        beginning = (store.changes.number, store.purges.sequence)
    }

    /// What may stand in when it fails.
    var goodCopy: FoundContract? { found.flatMap { $0.isGoodCopy ? $0 : nil } }
}

extension ContractCopy: FleetValue {}

extension FleetQuestion where Value == ContractCopy {
    init(_ fetch: ContractFetch, _ store: ContractStore, _ rules: FlightBoard.Rules) {
        let key = fetch.key
        self.init(
            subject: .contract(key.chain, key.contract), attempts: FleetFetches.attempts,
            newerThan: fetch.found?.copy.fetchedAt ?? .min, purge: fetch.beginning.purge,
            redisTimeout: rules.redisTimeout, patience: rules.fetchTimeout * FleetFetches.attempts,
            stored: { await store.lookInRedis(for: key, within: rules.redisTimeout) },
            isFresh: { store.isFresh($0, of: key, by: rules) },
            lastChange: { store.changes.latest(of: key) }, lastPurge: { store.purges.lastPurge(of: key) })
    }
}
