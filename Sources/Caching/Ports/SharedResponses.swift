public import HTTPCaching

/// The tier that replicas share, for responses of upstreams: one URL holds its variants, with a lifetime, lost without
/// harm.
public protocol SharedResponses: Sendable {
    /// The responses held for a URL that may be for the request at hand.
    ///
    /// - Parameters:
    ///   - key: the URL, as it is in memory's key.
    ///   - matching: tells, by their places in the array, which of the variants held are of use to the request.
    ///   - limit: the time after which the call fails with `.timeout`.
    /// - Returns: those, in no particular order, and whatever is held for every request. Empty when there is none that
    ///   this release can read.
    func variants(
        for key: [UInt8], matching: @Sendable ([VariantKey]) -> [Int], within limit: Duration
    ) async throws(StoreError) -> [CachedResponse]

    /// Stores `response` for every replica, in place of the one that answered the same requests. One that is too large
    /// to share is left out, and what it would have replaced is dropped.
    func store(_ response: CachedResponse, for key: [UInt8]) async throws(StoreError)

    /// Drops everything held for a URL; nothing held is no error.
    func forget(_ key: [UInt8]) async throws(StoreError)
}
