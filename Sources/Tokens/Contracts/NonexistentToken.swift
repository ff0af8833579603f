/// How contracts say that a token does not exist. There is no standard for it before ERC-6093, so this is a list of what
/// is in use.
enum NonexistentToken {
    /// Custom errors, by their signatures in Solidity.
    private static let errors = [
        "ERC721NonexistentToken(uint256)", "ERC1155NonexistentToken(uint256)",
        // ERC721A and its relatives
        "URIQueryForNonexistentToken()", "OwnerQueryForNonexistentToken()", "QueryForNonexistentToken()",
        // Solady, and contracts of their own
        "TokenDoesNotExist()", "TokenDoesNotExist(uint256)", "TokenIdDoesNotExist()", "TokenIdDoesNotExist(uint256)",
        "TokenNotExist()", "TokenNotExists()", "DoesNotExist()", "NonexistentToken()", "NonexistentToken(uint256)",
        "NonExistentToken()", "NonExistentToken(uint256)", "NonExistentTokenURI()", "NonExistentTokenId()",
        "NonExistentTokenId(uint256)", "TokenNotFound()", "TokenNotFound(uint256)", "InvalidToken()",
        "InvalidToken(uint256)", "InvalidTokenId()", "InvalidTokenId(uint256)", "InvalidTokenID()", "NotMinted()",
        "TokenNotMinted()", "TokenNotMinted(uint256)", "TokenNotYetMinted()", "Unminted()",
    ]

    static let selectors = Set(errors.map { FunctionSelector(signature: $0) })

    /// Words in lower case, hyphens and underscores as spaces.
    private static let phrases = [
        "nonexistent", "non existent", "nonexisting", "non existing", "not exist", "n't exist", "unexistent",
        "no such token", "invalid token", "invalid nft", "unknown token", "token not found", "token id not found",
        "tokenid not found", "unminted", "not minted", "n't minted", "not been minted", "n't been minted",
        "not yet minted", "not yet been minted", "token burned", "been burned",
    ]

    static func isSaid(by message: String) -> Bool {
        let words = String(message.lowercased().map { "-_".contains($0) ? " " : $0 })
        return phrases.contains { words.contains($0) }
    }
}
