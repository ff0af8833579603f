import Caching
import Tokens

extension SQLiteDatabase {
    /// Deletes rows of before a moment, at most so many; tells how many there were.
    func forget(
        _ scope: ArchiveScope, fetchedBefore moment: Int64, atMost count: Int
    ) throws(SQLiteFailure) -> Int {
        let (condition, values) = Self.condition(of: scope)
        let delete = try statement(
            """
            DELETE FROM nft_metadata WHERE rowid IN (\
            SELECT rowid FROM nft_metadata WHERE \(condition) AND last_updated < ? LIMIT ?)
            """)
        try delete.run(values + [.integer(moment), .integer(Int64(count))])
        return changedRows
    }

    static func condition(of scope: ArchiveScope) -> (sql: String, values: [SQLiteStatement.Value]) {
        switch scope {
        case .token(let reference):
            ("chain_id = ? AND contract_address = ? AND token_id = ?", key(of: reference))
        case .contract(let chain, let address):
            ("chain_id = ? AND contract_address = ?", [.text(chain.description), .text(address.lowercase)])
        case .everything:
            ("true", [])
        }
    }
}
