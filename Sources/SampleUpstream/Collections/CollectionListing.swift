public import Tokens

/// What tests and demonstrations need to know of a bundled collection.
public struct CollectionListing: Sendable {
    public let name: String
    public let contract: ContractAddress
    public let standard: TokenStandard
    /// The ids to ask for.
    public let tokens: ClosedRange<UInt64>
    public let summary: String
    public let examples: [Example]

    /// A token worth trying.
    public struct Example: Sendable {
        public let token: UInt64
        public let summary: String
    }
}
