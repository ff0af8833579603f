import Caching
import Sessions

extension PostgresStatement {
    /// Answers the user's row.
    static func admit(_ wallet: WalletAddress, at now: Int64) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO users (wallet_address, created_at, last_seen_at) VALUES ($1, $2, $2) \
                ON CONFLICT (wallet_address) DO UPDATE \
                SET last_seen_at = greatest(users.last_seen_at, excluded.last_seen_at) \
                RETURNING id::text, username, created_at
                """,
            parameters: [.text(wallet.lowercase), .timestamp(now)])
    }

    static func user(of wallet: WalletAddress) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT id::text, username, created_at FROM users WHERE wallet_address = $1",
            parameters: [.text(wallet.lowercase)])
    }

    /// Answers the user's row; none when there is no such user.
    static func rename(_ wallet: WalletAddress, to name: Username) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE users SET username = $2 WHERE wallet_address = $1 RETURNING id::text, username, created_at
                """,
            parameters: [.text(wallet.lowercase), .text(name.text)])
    }

    /// Locks the rows in one order, so that two instances that note the same users never wait for each other.
    static func note(_ sightings: [WalletAddress: Int64]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE users SET last_seen_at = due.seen FROM (\
                SELECT held.id, sighting.seen FROM unnest($1, $2) AS sighting (wallet, seen) \
                JOIN users AS held ON held.wallet_address = sighting.wallet \
                WHERE held.last_seen_at IS NULL OR held.last_seen_at < sighting.seen \
                ORDER BY held.wallet_address COLLATE "C" FOR UPDATE OF held\
                ) AS due WHERE users.id = due.id
                """,
            parameters: [.texts(sightings.keys.map(\.lowercase)), .timestamps(Array(sightings.values))])
    }
}

extension PostgresResult {
    /// The row of the statements above; `nil` when there is none.
    func user(of wallet: WalletAddress) -> User? {
        guard rowCount == 1, let id = text(row: 0, column: 0), let created = integer(row: 0, column: 2) else {
            return nil
        }
        return User(
            id: id, wallet: wallet, username: text(row: 0, column: 1),
            createdAt: PostgresTime.unixMilliseconds(fromMicroseconds: created))
    }
}
