public import Caching

/// The users in the archive, one for each wallet that ever signed in.
public protocol UserDirectory: Sendable {
    /// The user of a wallet, made if there is none, and seen now.
    ///
    /// - Parameter now: milliseconds since 1970.
    func admit(_ wallet: WalletAddress, at now: Int64, within limit: Duration) async throws(StoreError) -> User

    /// `nil` when the wallet never signed in, or its row was deleted.
    func user(of wallet: WalletAddress, within limit: Duration) async throws(StoreError) -> User?

    /// Gives a user a name, unless another has it in whatever case.
    func rename(_ wallet: WalletAddress, to name: Username, within limit: Duration) async throws(StoreError) -> Renaming

    /// Notes when users were last seen; a time never goes back. Those that are no users are passed over.
    func note(_ sightings: [WalletAddress: Int64]) async throws(StoreError)
}

/// What came of giving a user a name.
public enum Renaming: Sendable, Equatable {
    case done(User)
    case taken
    case noSuchUser
}
