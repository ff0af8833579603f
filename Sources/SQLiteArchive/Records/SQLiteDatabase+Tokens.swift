import Caching
import Tokens

extension SQLiteDatabase {
    /// Goes along the primary key. A row that names no token, which only somebody else can have written, is left out.
    func tokens(
        in scope: ArchiveScope, after last: TokenReference?, atMost count: Int
    ) throws(SQLiteFailure) -> [TokenReference] {
        let (condition, values) = Self.condition(of: scope)
        let position = last == nil ? "" : " AND (chain_id, contract_address, token_id) > (?, ?, ?)"
        let select = try statement(
            """
            SELECT chain_id, contract_address, token_id FROM nft_metadata WHERE \(condition)\(position) \
            AND status = 'ok' ORDER BY chain_id, contract_address, token_id LIMIT ?
            """)
        var tokens: [TokenReference] = []
        try select.run(values + (last.map { Self.key(of: $0) } ?? []) + [.integer(Int64(count))]) {
            if let token = Self.reference(in: select) { tokens.append(token) }
        }
        return tokens
    }

    private static func reference(in row: SQLiteStatement) -> TokenReference? {
        guard let chain = row.text(0).flatMap({ try? ChainIdentifier(caip2: $0) }),
            let contract = row.text(1).flatMap({ try? ContractAddress(parsing: $0) }),
            let token = row.text(2).flatMap({ try? TokenIdentifier(parsing: $0) })
        else { return nil }
        return TokenReference(chain: chain, contract: contract, token: token)
    }
}
