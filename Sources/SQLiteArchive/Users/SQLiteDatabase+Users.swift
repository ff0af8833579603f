import Sessions
import Tokens

extension SQLiteDatabase {
    func admit(_ wallet: WalletAddress, at now: Int64) throws(SQLiteFailure) -> User? {
        try user(
            wallet,
            """
            INSERT INTO users (id, wallet_address, created_at, last_seen_at) VALUES (?, ?, ?, ?) \
            ON CONFLICT (wallet_address) DO UPDATE SET last_seen_at = max(ifnull(last_seen_at, 0), excluded.last_seen_at) \
            RETURNING id, username, created_at
            """,
            [.text(Self.newIdentifier()), .text(wallet.lowercase), .integer(now), .integer(now)])
    }

    func user(of wallet: WalletAddress) throws(SQLiteFailure) -> User? {
        try user(
            wallet, "SELECT id, username, created_at FROM users WHERE wallet_address = ?", [.text(wallet.lowercase)])
    }

    func rename(_ wallet: WalletAddress, to name: Username) throws(SQLiteFailure) -> User? {
        try user(
            wallet, "UPDATE users SET username = ? WHERE wallet_address = ? RETURNING id, username, created_at",
            [.text(name.text), .text(wallet.lowercase)])
    }

    func note(_ wallet: WalletAddress, at time: Int64) throws(SQLiteFailure) {
        let update = try statement(
            "UPDATE users SET last_seen_at = ?1 WHERE wallet_address = ?2 AND ifnull(last_seen_at, 0) < ?1")
        try update.run([.integer(time), .text(wallet.lowercase)])
    }

    private func user(
        _ wallet: WalletAddress, _ sql: String, _ values: [SQLiteStatement.Value]
    ) throws(SQLiteFailure) -> User? {
        let prepared = try statement(sql)
        var user: User?
        try prepared.run(values) {
            guard let id = prepared.text(0) else { return }
            user = User(id: id, wallet: wallet, username: prepared.text(1), createdAt: prepared.integer(2))
        }
        return user
    }

    /// A random UUID (RFC 9562, section 5.4).
    private static func newIdentifier() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Hex.text(bytes)
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
