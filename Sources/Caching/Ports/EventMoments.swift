public import Tokens

/// When events of a chain were first seen by any of the instances that share a store: what one of them has fetched since
/// then need not be fetched again by another one that sees the event later.
public protocol EventMoments: Sendable {
    /// The moment at which each of some blocks was first read, in milliseconds since 1970.
    ///
    /// - Parameters:
    ///   - blocks: their hashes.
    ///   - moment: now: when nobody has read a block before, the answer.
    func firstReading(
        of blocks: [UInt256], on chain: ChainIdentifier, at moment: Int64
    ) async throws(StoreError) -> [UInt256: Int64]
}
