public import Caching
import EventLoops
public import Tokens

extension PostgresArchive {
    public func tokens(
        in scope: ArchiveScope, after last: TokenReference?, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [TokenReference] {
        let result = try await read(.selectTokens(scope, after: last, atMost: count), until: .current + limit)
        return (0..<result.rowCount).compactMap { result.token(row: $0) }
    }
}

extension PostgresStatement {
    /// Goes along the primary key, in the database's own order.
    fileprivate static func selectTokens(
        _ scope: ArchiveScope, after last: TokenReference?, atMost count: Int
    ) -> PostgresStatement {
        let (condition, parameters) = condition(of: scope, from: last == nil ? 2 : 5)
        let key = last.map { [$0.chain.description, $0.contract.lowercase, $0.token.decimal] } ?? []
        let position = key.isEmpty ? "" : "AND (chain_id, contract_address, token_id) > ($2, $3, $4) "
        return PostgresStatement(
            sql: """
                SELECT chain_id, contract_address, token_id FROM nft_metadata WHERE \(condition) \(position)\
                AND status = 'ok' ORDER BY chain_id, contract_address, token_id LIMIT $1
                """,
            parameters: [.integer(Int64(count))] + key.map { .text($0) } + parameters)
    }
}

extension PostgresResult {
    /// Nil for a row that names no token, which only somebody else can have written.
    fileprivate func token(row: Int) -> TokenReference? {
        guard let chain = text(row: row, column: 0).flatMap({ try? ChainIdentifier(caip2: $0) }),
            let contract = text(row: row, column: 1).flatMap({ try? ContractAddress(parsing: $0) }),
            let token = text(row: row, column: 2).flatMap({ try? TokenIdentifier(parsing: $0) })
        else { return nil }
        return TokenReference(chain: chain, contract: contract, token: token)
    }
}
