public import Tokens

/// The tier that replicas share: one record per token, with a lifetime, lost without harm.
public protocol SharedCache: Sendable {
    /// The record held for `reference`, or nil when there is none that this release can read.
    ///
    /// - Parameter limit: the time after which the call fails with `.timeout`.
    func record(
        for reference: TokenReference, within limit: Duration
    ) async throws(StoreError) -> TokenRecord?

    /// Stores `record` for every replica.
    ///
    /// - Parameter enqueueForArchive: whether the record is also put, in the same atomic step, on the queue whose
    ///   reader writes to the archive.
    func store(_ record: TokenRecord, enqueueForArchive: Bool) async throws(StoreError)

    /// Stores a record that another tier held, unless one is held here already: a newer one may have come meanwhile.
    func offer(_ record: TokenRecord) async throws(StoreError)

    /// Drops the record for `reference`; a record not held is no error.
    func forget(_ reference: TokenReference) async throws(StoreError)

    /// Whether the tier can be expected to answer now.
    var isReachable: Bool { get async }

    /// Finishes what is under way and lets go of every connection.
    func close() async
}
