/// The purges of a fleet, numbered and remembered where all instances see them.
public protocol FleetPurges: Sendable {
    /// Numbers a purge, remembers it and announces it, in one step.
    ///
    /// - Parameters:
    ///   - known: the last number that the caller knows of: the new one is greater.
    ///   - replacement: what makes room for it.
    func order(
        _ scope: PurgeScope, isSoft: Bool, after known: UInt64, _ replacement: PurgeMarks.Replacement
    ) async throws(StoreError) -> PurgeMark

    /// Everything that is remembered.
    func remembered() async throws(StoreError) -> [PurgeMark]

    /// Remembers purges that the store has lost; those that it knows in a newer form stay.
    func restore(_ marks: [PurgeMark]) async throws(StoreError)
}
