import Caching
import Tokens

/// Brings records into the table, however bad some of them are. One that PostgreSQL refuses is found by bisection,
/// stored once more without `metadata`, and set aside with the reason.
struct BatchWriter: Sendable {
    let link: PostgresLink
    let limits: PostgresLimits

    /// Throws when nothing is wrong with the rows; then the same call may work later. What has landed stays.
    func store(_ records: [TokenRecord]) async throws(StoreError) -> StoreReport {
        var report = StoreReport(stored: records.count)
        let newest = RecordBatches.newest(of: records)
        for batch in RecordBatches.cut(newest, rows: limits.batchRows, bytes: limits.batchBytes) {
            let refused = try await land(batch.map { ArchiveRow($0) })
            if refused.isEmpty { continue }
            let lost = try await land(refused)
            report.stored -= lost.count
            try await write(.reject(refused))
            report.rejected += refused.map(Self.rejection)
        }
        return report
    }

    /// Returns the rows that were refused, with the reasons, in order.
    private func land(_ rows: [ArchiveRow]) async throws(StoreError) -> [ArchiveRow] {
        var bisection = Bisection(count: rows.count)
        var refused: [ArchiveRow] = []
        while let range = bisection.next() {
            do throws(PostgresFailure) {
                try await link.write(.upsert(Array(rows[range])), limits: limits)
            } catch {
                switch error.remedy {
                case .later(let error): throw error
                case .withoutRow(let reason):
                    guard let bad = bisection.refused(range) else { continue }
                    refused.append(ArchiveRow(rows[bad].record, refusal: reason))
                }
            }
        }
        return refused
    }

    private func write(_ statement: PostgresStatement) async throws(StoreError) {
        do throws(PostgresFailure) {
            try await link.write(statement, limits: limits)
        } catch {
            throw error.storeError
        }
    }

    private static func rejection(_ row: ArchiveRow) -> StoreReport.Rejection {
        StoreReport.Rejection(
            reference: row.record.reference, code: row.refusal?.code ?? "", reason: row.refusal?.message ?? "")
    }
}
