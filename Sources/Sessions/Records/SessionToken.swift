import Tokens

/// What a browser holds to prove its session: the wallet's 20 bytes, by which the store is asked, and 32 that nobody can
/// guess. Secret.
public struct SessionToken: Sendable, Hashable {
    public static let secretLength = 32

    public let wallet: WalletAddress
    private let secret: [UInt8]

    /// - Parameter secret: random bytes, ``secretLength`` of them.
    public init(wallet: WalletAddress, secret: [UInt8]) {
        precondition(secret.count == Self.secretLength, "A session's secret has \(Self.secretLength) bytes.")
        self.wallet = wallet
        self.secret = secret
    }

    /// Reads ``text``; `nil` for anything else.
    public init?(_ text: Substring) {
        guard text.utf8.count == 2 * (20 + Self.secretLength), let bytes = Hex.bytes(text, allowsCapitals: false),
            let wallet = WalletAddress(bytes: bytes.prefix(20))
        else { return nil }
        self.init(wallet: wallet, secret: Array(bytes.dropFirst(20)))
    }

    /// As it stands in the cookie: lower-case hexadecimal digits.
    public var text: String { Hex.text(bytes) }

    /// What the digest is made of that stores know a session by.
    public var bytes: [UInt8] { wallet.bytes + secret }
}

/// What stores know a session by: whose it is, and the SHA-256 of its token. A store that leaks signs nobody in.
public struct SessionKey: Sendable, Hashable {
    public let wallet: WalletAddress
    public let digest: [UInt8]

    public init(wallet: WalletAddress, digest: [UInt8]) {
        self.wallet = wallet
        self.digest = digest
    }

    /// What a session is called where people see it.
    public var name: String { Hex.text(digest.prefix(8)) }
}
