import Tokens

extension PostgresStatement {
    static let selectPositions = PostgresStatement(
        sql: "SELECT chain_id, block_number, block_hash, outdated_before FROM chain_positions LIMIT 10000",
        parameters: [])

    static let selectMarks = PostgresStatement(
        sql: """
            SELECT chain_id, contract_address, from_token, to_token, updated_at FROM metadata_updates \
            ORDER BY updated_at DESC LIMIT 200000
            """,
        parameters: [])

    static func advance(to position: ChainPosition) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO chain_positions AS held (chain_id, block_number, block_hash, outdated_before, updated_at) \
                VALUES ($1, $2, $3, $4, now()) ON CONFLICT (chain_id) DO UPDATE SET \
                block_number = excluded.block_number, block_hash = excluded.block_hash, \
                outdated_before = greatest(held.outdated_before, excluded.outdated_before), \
                updated_at = excluded.updated_at
                """,
            parameters: [
                .text(position.chain.description), .integer(Int64(clamping: position.block)),
                .text("0x" + position.hash.paddedHex), .timestamp(position.outdatedBefore),
            ])
    }

    /// Adds marks, sorted and of different tokens.
    static func add(_ marks: [UpdateMark]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO metadata_updates AS held (chain_id, contract_address, from_token, to_token, updated_at) \
                SELECT * FROM \(offered) \
                ON CONFLICT (chain_id, contract_address, from_token, to_token) \
                DO UPDATE SET updated_at = greatest(held.updated_at, excluded.updated_at)
                """,
            parameters: parameters(of: marks))
    }

    /// Drops marks that say nothing more than some of these.
    static func forgetCovered(by marks: [UpdateMark]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                DELETE FROM metadata_updates AS held USING \(offered) \
                WHERE held.chain_id = offered.chain_id AND held.contract_address = offered.contract_address \
                AND held.from_token >= offered.from_token AND held.to_token <= offered.to_token \
                AND (held.from_token, held.to_token) <> (offered.from_token, offered.to_token) \
                AND held.updated_at <= offered.updated_at
                """,
            parameters: parameters(of: marks))
    }

    static func forgetMarks(before moment: Int64) -> PostgresStatement {
        PostgresStatement(
            sql: "DELETE FROM metadata_updates WHERE updated_at < $1", parameters: [.timestamp(moment)])
    }

    /// Steps from one contract to the next by the primary key, so that the tokens between them cost nothing.
    static func selectContracts(on chain: ChainIdentifier, atMost count: Int) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH RECURSIVE held (contract) AS (\
                SELECT min(contract_address) FROM nft_metadata WHERE chain_id = $1 UNION ALL \
                SELECT (SELECT min(contract_address) FROM nft_metadata \
                WHERE chain_id = $1 AND contract_address > held.contract) FROM held WHERE held.contract IS NOT NULL) \
                SELECT contract FROM held WHERE contract IS NOT NULL LIMIT $2
                """,
            parameters: [.text(chain.description), .integer(Int64(count))])
    }

    private static let offered = """
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) \
        AS offered (chain_id, contract_address, from_token, to_token, updated_at)
        """

    private static func parameters(of marks: [UpdateMark]) -> [PostgresParameter] {
        [
            .texts(marks.map(\.chain.description)), .texts(marks.map(\.contract.lowercase)),
            .texts(marks.map(\.tokens.first.paddedHex)), .texts(marks.map(\.tokens.last.paddedHex)),
            .timestamps(marks.map(\.moment)),
        ]
    }
}

// Rows that make no sense, which only somebody else can have written, are left out.
extension PostgresResult {
    /// The rows of ``PostgresStatement/selectPositions``.
    var positions: [ChainPosition] {
        (0..<rowCount).compactMap { row in
            guard let chain = chain(row: row), let block = integer(row: row, column: 1), block >= 0,
                let hash = text(row: row, column: 2).flatMap({ UInt256(paddedHex: $0.dropFirst(2)) }),
                let outdated = integer(row: row, column: 3)
            else { return nil }
            return ChainPosition(
                chain: chain, block: UInt64(block), hash: hash,
                outdatedBefore: PostgresTime.unixMilliseconds(fromMicroseconds: outdated))
        }
    }

    /// The rows of ``PostgresStatement/selectMarks``.
    var marks: [UpdateMark] {
        (0..<rowCount).compactMap { row in
            guard let chain = chain(row: row),
                let contract = text(row: row, column: 1).flatMap({ try? ContractAddress(parsing: $0) }),
                let first = text(row: row, column: 2).flatMap({ UInt256(paddedHex: $0) }),
                let last = text(row: row, column: 3).flatMap({ UInt256(paddedHex: $0) }),
                let moment = integer(row: row, column: 4)
            else { return nil }
            return UpdateMark(
                chain: chain, contract: contract, tokens: TokenRange(TokenIdentifier(first), TokenIdentifier(last)),
                moment: PostgresTime.unixMilliseconds(fromMicroseconds: moment))
        }
    }

    private func chain(row: Int) -> ChainIdentifier? {
        text(row: row, column: 0).flatMap { try? ChainIdentifier(caip2: $0) }
    }
}
