import Tokens

extension PostgresStatement {
    /// Writes rows, sorted and of different tokens: then no two writers can deadlock and no row is touched twice. A row
    /// newer than what is offered stays as it is.
    static func upsert(_ rows: [ArchiveRow]) -> PostgresStatement {
        PostgresStatement(
            sql: upsertText,
            parameters: keys(rows.map(\.record.reference)) + [
                .booleans(rows.map(\.hasMetadata)),
                .timestamps(rows.map(\.record.fetchedAt)),
                .texts(rows.map { $0.text($0.record.tokenURI) }),
                .texts(rows.map { $0.text($0.record.source) }),
                .texts(rows.map { $0.record.standard?.rawValue }),
                .byteStrings(rows.map(\.record.document)),
                .texts(rows.map { $0.text($0.record.contentType) }),
                .texts(rows.map { $0.text($0.record.etag) }),
                .texts(rows.map(\.status)),
                .texts(rows.map(\.error)),
                .timestamps(rows.map(\.record.freshUntil)),
                .texts(rows.map(\.record.validators.entityTag)),
                .texts(rows.map(\.record.validators.lastModified)),
                .integers(rows.map { Int32(clamping: $0.record.repetitions) }),
            ]
        )
    }

    private static let upsertText = """
        INSERT INTO nft_metadata (chain_id, contract_address, token_id, metadata, last_updated, token_uri, source, \
        standard, document, content_type, etag, status, error, expires_at, source_etag, source_last_modified, \
        repetitions) \
        SELECT chain_id, contract_address, token_id, \
        CASE WHEN has_metadata THEN convert_from(document, 'UTF8')::jsonb END, \
        last_updated, token_uri, source, standard, document, content_type, etag, status, error, expires_at, \
        source_etag, source_last_modified, repetitions \
        FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::timestamptz[], $6::text[], $7::text[], \
        $8::text[], $9::bytea[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], \
        $15::text[], $16::text[], $17::integer[]) \
        AS offered (chain_id, contract_address, token_id, has_metadata, last_updated, token_uri, source, \
        standard, document, content_type, etag, status, error, expires_at, source_etag, source_last_modified, \
        repetitions) \
        ON CONFLICT (chain_id, contract_address, token_id) DO UPDATE SET metadata = excluded.metadata, \
        last_updated = excluded.last_updated, token_uri = excluded.token_uri, source = excluded.source, \
        standard = excluded.standard, document = excluded.document, content_type = excluded.content_type, \
        etag = excluded.etag, status = excluded.status, error = excluded.error, expires_at = excluded.expires_at, \
        source_etag = excluded.source_etag, source_last_modified = excluded.source_last_modified, \
        repetitions = excluded.repetitions \
        WHERE nft_metadata.last_updated <= excluded.last_updated
        """

    /// Sets refused rows aside, sorted and of different tokens.
    static func reject(_ rows: [ArchiveRow]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO nft_metadata_rejected (chain_id, contract_address, token_id, document, sqlstate, reason) \
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[]) \
                ON CONFLICT (chain_id, contract_address, token_id) DO UPDATE SET document = excluded.document, \
                sqlstate = excluded.sqlstate, reason = excluded.reason, rejected_at = excluded.rejected_at
                """,
            parameters: keys(rows.map(\.record.reference)) + [
                .byteStrings(rows.map(\.record.document)),
                .texts(rows.map { $0.refusal?.code ?? "" }),
                .texts(rows.map { $0.refusal?.message ?? "" }),
            ]
        )
    }

    /// Finds rows by key. The first column says which of the keys a row answers, counting from 1.
    static func select(_ references: [TokenReference]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT wanted.position, held.last_updated, held.expires_at, held.status, held.error, held.token_uri, \
                held.source, held.standard, held.document, held.content_type, held.etag, \
                held.source_etag, held.source_last_modified, held.repetitions::bigint \
                FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY \
                AS wanted (chain_id, contract_address, token_id, position) \
                JOIN nft_metadata AS held USING (chain_id, contract_address, token_id)
                """,
            parameters: keys(references)
        )
    }

    static func keys(_ references: [TokenReference]) -> [PostgresParameter] {
        [
            .texts(references.map(\.chain.description)),
            .texts(references.map(\.contract.lowercase)),
            .texts(references.map(\.token.decimal)),
        ]
    }
}

extension PostgresResult {
    /// The records in the rows that answer ``PostgresStatement/select(_:)``. A row that makes no sense, which only
    /// somebody else can have written, counts as absent.
    func records(for references: [TokenReference]) -> [TokenReference: TokenRecord] {
        var found: [TokenReference: TokenRecord] = [:]
        for row in 0..<rowCount {
            guard let position = integer(row: row, column: 0), references.indices.contains(Int(position) - 1) else {
                continue
            }
            let reference = references[Int(position) - 1]
            found[reference] = record(reference, row: row)
        }
        return found
    }

    private func record(_ reference: TokenReference, row: Int) -> TokenRecord? {
        guard let updated = integer(row: row, column: 1), let expires = integer(row: row, column: 2),
            let status = text(row: row, column: 3),
            let outcome = ArchiveRow.outcome(status: status, error: text(row: row, column: 4))
        else { return nil }
        return TokenRecord(
            reference: reference,
            outcome: outcome,
            standard: text(row: row, column: 7).flatMap { TokenStandard(rawValue: $0) },
            tokenURI: text(row: row, column: 5),
            source: text(row: row, column: 6) ?? "",
            document: bytes(row: row, column: 8) ?? [],
            contentType: text(row: row, column: 9),
            etag: text(row: row, column: 10) ?? "",
            validators: SourceValidators(
                entityTag: text(row: row, column: 11), lastModified: text(row: row, column: 12)),
            repetitions: Int(integer(row: row, column: 13) ?? 0),
            fetchedAt: PostgresTime.unixMilliseconds(fromMicroseconds: updated),
            freshUntil: PostgresTime.unixMilliseconds(fromMicroseconds: expires)
        )
    }
}
