import Caching
import Tokens

extension PostgresStatement {
    /// Any number that nobody else uses for an advisory lock in the same database.
    private static let deletionLock: Int64 = 0x6D69_6E74_666F_7267

    /// Waits, until the transaction's limit for locks, for whoever deletes now. Of several replicas one does at a time.
    static let takeTurnInDeleting = PostgresStatement(
        sql: "SELECT pg_advisory_xact_lock($1)", parameters: [.integer(deletionLock)])

    /// Deletes rows, and what was set aside, of before a moment: at most so many of each table. Answers how many.
    static func forget(_ scope: ArchiveScope, before moment: Int64, atMost count: Int) -> PostgresStatement {
        let scoped = condition(of: scope)
        return PostgresStatement(
            sql: """
                WITH gone AS (\(deletion(from: "nft_metadata", time: "last_updated", in: scoped.sql))), \
                aside AS (\(deletion(from: "nft_metadata_rejected", time: "rejected_at", in: scoped.sql))) \
                SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM aside)
                """,
            parameters: [.timestamp(moment), .integer(Int64(count))] + scoped.parameters)
    }

    /// Locks the rows in the order in which batches write them, by number and not by text, so that the two never wait
    /// for each other. What was written anew while waiting stays.
    private static func deletion(from table: String, time: String, in scope: String) -> String {
        """
        DELETE FROM \(table) AS held USING (\
        SELECT found.chain_id, found.contract_address, found.token_id FROM (\
        SELECT chain_id, contract_address, token_id FROM \(table) WHERE \(scope) AND \(time) < $1 LIMIT $2\
        ) AS found JOIN \(table) AS old USING (chain_id, contract_address, token_id) WHERE old.\(time) < $1 \
        ORDER BY found.chain_id COLLATE "C", found.contract_address COLLATE "C", \
        length(found.token_id), found.token_id COLLATE "C" FOR UPDATE OF old\
        ) AS doomed WHERE held.chain_id = doomed.chain_id AND held.contract_address = doomed.contract_address \
        AND held.token_id = doomed.token_id AND held.\(time) < $1 RETURNING 1
        """
    }

    /// - Parameter first: the number of its first parameter.
    static func condition(
        of scope: ArchiveScope, from first: Int = 3
    ) -> (sql: String, parameters: [PostgresParameter]) {
        switch scope {
        case .token(let reference):
            (
                "chain_id = $\(first) AND contract_address = $\(first + 1) AND token_id = $\(first + 2)",
                [
                    .text(reference.chain.description), .text(reference.contract.lowercase),
                    .text(reference.token.decimal),
                ]
            )
        case .contract(let chain, let address):
            (
                "chain_id = $\(first) AND contract_address = $\(first + 1)",
                [.text(chain.description), .text(address.lowercase)]
            )
        case .everything:
            ("true", [])
        }
    }
}
