/// Which instances of the fleet live, by the clock of the store that they share.
public protocol FleetInstances: Sendable {
    /// Says that this instance lives, and learns which do, this one included. To be called about once a second.
    func beat(as instance: String) async throws(StoreError) -> Set<String>

    /// Says that this instance is about to end, so that nobody waits for it.
    func leave(_ instance: String) async throws(StoreError)
}
