public import Caching
public import Tokens

/// What PostgreSQL refused, for another try.
extension PostgresArchive {
    /// Rows that were set aside, in the order of their keys as the database sorts them.
    ///
    /// - Parameters:
    ///   - cursor: the last row that was seen; nil for the beginning.
    ///   - count: the most that are given.
    public func setAside(after cursor: TokenReference?, atMost count: Int) async throws(StoreError) -> [SetAsideRow] {
        let result = try await write([.selectSetAside(after: cursor, atMost: count)])
        return result?.setAside ?? []
    }

    /// Deletes what was set aside of these tokens up to a moment, in milliseconds since 1970.
    public func discardSetAside(_ references: [TokenReference], upTo moment: Int64) async throws(StoreError) {
        if references.isEmpty { return }
        try await write([.discardSetAside(references.sorted(), upTo: moment)])
    }
}

extension PostgresStatement {
    static func selectSetAside(after cursor: TokenReference?, atMost count: Int) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT chain_id, contract_address, token_id, document, sqlstate, rejected_at FROM nft_metadata_rejected \
                WHERE (chain_id, contract_address, token_id) > ($1, $2, $3) \
                ORDER BY chain_id, contract_address, token_id LIMIT $4
                """,
            parameters: [
                .text(cursor?.chain.description ?? ""), .text(cursor?.contract.lowercase ?? ""),
                .text(cursor?.token.decimal ?? ""), .integer(Int64(count)),
            ])
    }

    static func discardSetAside(_ references: [TokenReference], upTo moment: Int64) -> PostgresStatement {
        PostgresStatement(
            sql: """
                DELETE FROM nft_metadata_rejected AS held \
                USING unnest($1::text[], $2::text[], $3::text[]) AS done (chain_id, contract_address, token_id) \
                WHERE held.chain_id = done.chain_id AND held.contract_address = done.contract_address \
                AND held.token_id = done.token_id AND held.rejected_at < $4
                """,
            // The column is finer than a millisecond.
            parameters: keys(references) + [.timestamp(moment + 1)])
    }
}

extension PostgresResult {
    /// The rows of ``PostgresStatement/selectSetAside(after:atMost:)``; one that makes no sense, which only somebody else
    /// can have written, is left out.
    fileprivate var setAside: [SetAsideRow] {
        (0..<rowCount).compactMap { row in
            guard let chain = text(row: row, column: 0).flatMap({ try? ChainIdentifier(caip2: $0) }),
                let contract = text(row: row, column: 1).flatMap({ try? ContractAddress(parsing: $0) }),
                let token = text(row: row, column: 2).flatMap({ try? TokenIdentifier(parsing: $0) }),
                let rejectedAt = integer(row: row, column: 5)
            else { return nil }
            return SetAsideRow(
                reference: TokenReference(chain: chain, contract: contract, token: token),
                document: bytes(row: row, column: 3) ?? [], sqlstate: text(row: row, column: 4) ?? "",
                rejectedAt: PostgresTime.unixMilliseconds(fromMicroseconds: rejectedAt))
        }
    }
}
