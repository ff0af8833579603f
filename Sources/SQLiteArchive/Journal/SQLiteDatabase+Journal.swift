import Caching
import Tokens

// Rows that make no sense, which only somebody else can have written, are left out.
extension SQLiteDatabase {
    func journal() throws(SQLiteFailure) -> JournalContents {
        var contents = JournalContents()
        let positions = try statement(
            "SELECT chain_id, block_number, block_hash, outdated_before FROM chain_positions LIMIT 10000")
        try positions.run([]) {
            if let position = Self.position(in: positions) { contents.positions.append(position) }
        }
        let marks = try statement(
            """
            SELECT chain_id, contract_address, from_token, to_token, updated_at FROM metadata_updates \
            ORDER BY updated_at DESC LIMIT 200000
            """)
        try marks.run([]) {
            if let mark = Self.mark(in: marks) { contents.marks.append(mark) }
        }
        return contents
    }

    /// Call inside a transaction.
    func advance(to position: ChainPosition) throws(SQLiteFailure) {
        let upsert = try statement(
            """
            INSERT INTO chain_positions (chain_id, block_number, block_hash, outdated_before, updated_at) \
            VALUES (?, ?, ?, ?, unixepoch() * 1000) ON CONFLICT (chain_id) DO UPDATE SET \
            block_number = excluded.block_number, block_hash = excluded.block_hash, \
            outdated_before = max(outdated_before, excluded.outdated_before), updated_at = excluded.updated_at
            """)
        try upsert.run([
            .text(position.chain.description), .integer(Int64(clamping: position.block)),
            .text("0x" + position.hash.paddedHex), .integer(position.outdatedBefore),
        ])
    }

    /// Call inside a transaction.
    func add(_ marks: [UpdateMark]) throws(SQLiteFailure) {
        let forget = try statement(
            """
            DELETE FROM metadata_updates WHERE chain_id = ? AND contract_address = ? \
            AND from_token >= ? AND to_token <= ? AND updated_at <= ?
            """)
        let upsert = try statement(
            """
            INSERT INTO metadata_updates (chain_id, contract_address, from_token, to_token, updated_at) \
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (chain_id, contract_address, from_token, to_token) \
            DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
            """)
        for mark in marks {
            let values: [SQLiteStatement.Value] = [
                .text(mark.chain.description), .text(mark.contract.lowercase), .text(mark.tokens.first.paddedHex),
                .text(mark.tokens.last.paddedHex), .integer(mark.moment),
            ]
            try forget.run(values)
            try upsert.run(values)
        }
    }

    /// Steps from one contract to the next by the primary key, so that the tokens between them cost nothing.
    func contracts(on chain: ChainIdentifier, atMost count: Int) throws(SQLiteFailure) -> [ContractAddress] {
        let select = try statement(
            """
            WITH RECURSIVE held (contract) AS (\
            SELECT min(contract_address) FROM nft_metadata WHERE chain_id = ?1 UNION ALL \
            SELECT (SELECT min(contract_address) FROM nft_metadata \
            WHERE chain_id = ?1 AND contract_address > held.contract) FROM held WHERE held.contract IS NOT NULL) \
            SELECT contract FROM held WHERE contract IS NOT NULL LIMIT ?2
            """)
        var contracts: [ContractAddress] = []
        try select.run([.text(chain.description), .integer(Int64(count))]) {
            if let contract = select.text(0).flatMap({ try? ContractAddress(parsing: $0) }) {
                contracts.append(contract)
            }
        }
        return contracts
    }

    private static func position(in row: SQLiteStatement) -> ChainPosition? {
        guard let chain = row.text(0).flatMap({ try? ChainIdentifier(caip2: $0) }), row.integer(1) >= 0,
            let hash = row.text(2).flatMap({ UInt256(paddedHex: $0.dropFirst(2)) })
        else { return nil }
        return ChainPosition(
            chain: chain, block: UInt64(row.integer(1)), hash: hash, outdatedBefore: row.integer(3))
    }

    private static func mark(in row: SQLiteStatement) -> UpdateMark? {
        guard let chain = row.text(0).flatMap({ try? ChainIdentifier(caip2: $0) }),
            let contract = row.text(1).flatMap({ try? ContractAddress(parsing: $0) }),
            let first = row.text(2).flatMap({ UInt256(paddedHex: $0) }),
            let last = row.text(3).flatMap({ UInt256(paddedHex: $0) })
        else { return nil }
        return UpdateMark(
            chain: chain, contract: contract, tokens: TokenRange(TokenIdentifier(first), TokenIdentifier(last)),
            moment: row.integer(4))
    }
}
