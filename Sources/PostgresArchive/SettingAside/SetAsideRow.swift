public import Tokens

/// A document that PostgreSQL refused, as `nft_metadata_rejected` holds it.
public struct SetAsideRow: Sendable, Equatable {
    public let reference: TokenReference
    public let document: [UInt8]
    /// Why it was refused.
    public let sqlstate: String
    /// When, in milliseconds since 1970.
    public let rejectedAt: Int64
}
