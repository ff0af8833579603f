public import Tokens

/// The durable tier: every record ever served, kept when the other tiers forget.
public protocol MetadataArchive: Sendable {
    /// The records held for `references`; those not held are absent from the answer.
    ///
    /// - Parameters:
    ///   - references: what to look up, in any order.
    ///   - limit: the time after which the call fails with `.timeout`.
    func records(
        for references: [TokenReference], within limit: Duration
    ) async throws(StoreError) -> [TokenReference: TokenRecord]

    /// Tokens within `scope` whose documents are held, in an order of the archive's own, a page at a time.
    ///
    /// - Parameters:
    ///   - last: the last of the page before; nil for the first page.
    ///   - count: the most that are named; fewer are the last page.
    func tokens(
        in scope: ArchiveScope, after last: TokenReference?, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [TokenReference]

    /// Stores `records`; of two with one reference the one with the later `fetchedAt` stays.
    ///
    /// A record the archive cannot hold is set aside and listed in the report. Throws only when the same call may
    /// work later.
    func store(_ records: [TokenRecord]) async throws(StoreError) -> StoreReport

    /// Deletes rows within `scope` that were fetched before a moment, together with what was set aside of them before
    /// it. To delete all there are, call again until the answer is 0: each call is one short transaction, and of
    /// several callers one deletes at a time. A row that is stored meanwhile stays if it was fetched since.
    ///
    /// - Parameters:
    ///   - moment: milliseconds since 1970.
    ///   - count: the most that are deleted at once.
    /// - Returns: how many were.
    func forget(
        _ scope: ArchiveScope, fetchedBefore moment: Int64, atMost count: Int
    ) async throws(StoreError) -> Int

    /// Brings the schema to this release's version. Safe to run from several replicas at once.
    func migrate() async throws(StoreError)

    /// Whether the archive can be expected to answer now.
    var isReachable: Bool { get async }

    /// Finishes what is under way and lets go of every connection.
    func close() async
}
