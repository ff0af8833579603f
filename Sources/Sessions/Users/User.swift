/// A row of `users`. Times are milliseconds since 1970.
public struct User: Sendable, Equatable {
    /// A UUID.
    public let id: String
    public let wallet: WalletAddress
    public let username: String?
    public let createdAt: Int64

    public init(id: String, wallet: WalletAddress, username: String?, createdAt: Int64) {
        self.id = id
        self.wallet = wallet
        self.username = username
        self.createdAt = createdAt
    }
}
