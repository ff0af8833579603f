/// Which instances of the fleet live, by the clock of the store that they share.
public protocol FleetInstances: Sendable {
    /// Says that this instance lives, and learns what there is to know at every such time. To be called about once a
    /// second.
    func beat(as instance: String) async throws(StoreError) -> FleetPulse

    /// Says that this instance is about to end, so that nobody waits for it.
    func leave(_ instance: String) async throws(StoreError)
}

/// What a sign of life is answered with.
public struct FleetPulse: Sendable, Equatable {
    /// The instances that live, the one that asked included.
    public var living: Set<String>
    /// ``PurgeMemory/generation`` as it is now.
    public var purgeGeneration: String?

    public init(living: Set<String>, purgeGeneration: String?) {
        self.living = living
        self.purgeGeneration = purgeGeneration
    }
}
