/// The interface through which a contract describes its tokens.
public enum TokenStandard: String, Hashable, Sendable, CaseIterable {
    /// Unique tokens; metadata through `tokenURI(uint256)`.
    case erc721
    /// Semi-fungible tokens; metadata through `uri(uint256)`.
    case erc1155
}
