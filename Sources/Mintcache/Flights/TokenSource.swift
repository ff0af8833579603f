import Tokens

/// A place tokens' metadata comes from.
protocol TokenSource: Sendable {
    /// Fetches a token's metadata. A token that does not exist, and metadata that nobody can use, are records too;
    /// thrown is only what may work later.
    func resolve(_ reference: TokenReference) async throws(Problem) -> TokenRecord
}
