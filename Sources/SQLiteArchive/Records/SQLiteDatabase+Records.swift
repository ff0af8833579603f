import Caching
import Tokens

extension SQLiteDatabase {
    /// Writes records; a row newer than what is offered stays as it is. Call inside a transaction. A record that cannot
    /// be held is left out and reported.
    func store(_ records: [TokenRecord]) throws(SQLiteFailure) -> StoreReport {
        var report = StoreReport()
        let upsert = try statement(Self.upsertText)
        for record in records {
            do throws(SQLiteFailure) {
                try upsert.run(Self.values(of: record))
                report.stored += 1
            } catch {
                guard error.isAboutRow else { throw error }
                report.rejected.append(
                    StoreReport.Rejection(
                        reference: record.reference, code: String(error.code), reason: error.message))
            }
        }
        return report
    }

    func records(for references: [TokenReference]) throws(SQLiteFailure) -> [TokenReference: TokenRecord] {
        var found: [TokenReference: TokenRecord] = [:]
        let select = try statement(Self.selectText)
        for reference in references {
            try select.run(Self.key(of: reference)) { found[reference] = Self.record(reference, in: select) }
        }
        return found
    }

    private static let upsertText = """
        INSERT INTO nft_metadata (chain_id, contract_address, token_id, last_updated, token_uri, source, standard, \
        document, content_type, etag, status, error, expires_at, source_etag, source_last_modified, repetitions) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        ON CONFLICT (chain_id, contract_address, token_id) DO UPDATE SET last_updated = excluded.last_updated, \
        token_uri = excluded.token_uri, source = excluded.source, standard = excluded.standard, \
        document = excluded.document, content_type = excluded.content_type, etag = excluded.etag, \
        status = excluded.status, error = excluded.error, expires_at = excluded.expires_at, \
        source_etag = excluded.source_etag, source_last_modified = excluded.source_last_modified, \
        repetitions = excluded.repetitions \
        WHERE nft_metadata.last_updated <= excluded.last_updated
        """

    private static let selectText = """
        SELECT last_updated, expires_at, status, error, token_uri, source, standard, document, content_type, etag, \
        source_etag, source_last_modified, repetitions \
        FROM nft_metadata WHERE chain_id = ? AND contract_address = ? AND token_id = ?
        """

    static func key(of reference: TokenReference) -> [SQLiteStatement.Value] {
        [.text(reference.chain.description), .text(reference.contract.lowercase), .text(reference.token.decimal)]
    }

    private static func values(of record: TokenRecord) -> [SQLiteStatement.Value] {
        let (status, error): (String, String?) =
            switch record.outcome {
            case .document: ("ok", nil)
            case .missing(let reason): ("missing", reason)
            case .unusable(let reason): ("unusable", reason)
            }
        return key(of: record.reference) + [
            .integer(record.fetchedAt), .init(record.tokenURI), .text(record.source),
            .init(record.standard?.rawValue), .blob(record.document), .init(record.contentType), .text(record.etag),
            .text(status), .init(error), .integer(record.freshUntil), .init(record.validators.entityTag),
            .init(record.validators.lastModified), .integer(Int64(record.repetitions)),
        ]
    }

    /// nil for a row that makes no sense, which only somebody else can have written.
    private static func record(_ reference: TokenReference, in row: SQLiteStatement) -> TokenRecord? {
        let outcome: TokenRecord.Outcome
        switch row.text(2) {
        case "ok": outcome = .document
        case "missing": outcome = .missing(reason: row.text(3) ?? "")
        case "unusable": outcome = .unusable(reason: row.text(3) ?? "")
        case _: return nil
        }
        return TokenRecord(
            reference: reference,
            outcome: outcome,
            standard: row.text(6).flatMap { TokenStandard(rawValue: $0) },
            tokenURI: row.text(4),
            source: row.text(5) ?? "",
            document: row.blob(7),
            contentType: row.text(8),
            etag: row.text(9) ?? "",
            validators: SourceValidators(entityTag: row.text(10), lastModified: row.text(11)),
            repetitions: Int(row.integer(12)),
            fetchedAt: row.integer(0),
            freshUntil: row.integer(1)
        )
    }
}
