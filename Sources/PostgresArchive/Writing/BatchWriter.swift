import Caching
import Tokens

/// Brings records into the table, however bad some of them are. One that PostgreSQL refuses is found by bisection,
/// stored once more without `metadata`, and set aside with the reason. One that takes too long is found likewise and
/// told of, so that it does not hold up the others.
struct BatchWriter: Sendable {
    /// Statements in one call that may take too long: enough to find two slow rows among five hundred.
    private static let mostTimeouts = 20

    /// What became of records.
    struct Outcome {
        var report: StoreReport
        /// Rows that took too long alone, now or, when there was no time left to try again, as often as rows are tried;
        /// with the server's reason.
        var late: [ArchiveRow] = []
        /// Statements that took too long, these included.
        var timeouts = 0
        /// Why the last of them did.
        var timeout: StoreError?
        /// False when so many statements took too long that the rest was not tried.
        var isComplete = true
    }

    let link: PostgresLink
    let limits: PostgresLimits

    /// Throws when nothing is wrong with the rows; then the same call may work later. What has landed stays.
    ///
    /// - Parameter slow: rows that took too long before. They are tried last and each alone.
    func store(_ records: [TokenRecord], apart slow: SlowRows) async throws(StoreError) -> Outcome {
        var outcome = Outcome(report: StoreReport(stored: records.count))
        let newest = RecordBatches.newest(of: records)
        let others = slow.isEmpty ? newest : newest.filter { !slow.contains($0.reference) }
        for batch in RecordBatches.cut(others, rows: limits.batchRows, bytes: limits.batchBytes) {
            try await store(batch.map { ArchiveRow($0) }, into: &outcome)
        }
        for record in slow.inTurn(newest) {
            if outcome.timeouts >= Self.mostTimeouts, let refusal = slow.lastRefusal(of: record.reference) {
                outcome.late.append(ArchiveRow(record, refusal: refusal))
            } else {
                try await store([ArchiveRow(record)], into: &outcome)
            }
        }
        return outcome
    }

    private func store(_ rows: [ArchiveRow], into outcome: inout Outcome) async throws(StoreError) {
        let refused = try await land(rows, into: &outcome)
        if refused.isEmpty { return }
        let lost = try await land(refused, into: &outcome)
        outcome.report.stored -= lost.count
        try await write(.reject(refused))
        outcome.report.rejected += refused.map(\.rejection)
    }

    /// Returns the rows that were refused, with the reasons, in order.
    private func land(_ rows: [ArchiveRow], into outcome: inout Outcome) async throws(StoreError) -> [ArchiveRow] {
        var bisection = Bisection(count: rows.count)
        var refused: [ArchiveRow] = []
        while let range = bisection.next() {
            guard outcome.timeouts < Self.mostTimeouts else {
                outcome.isComplete = false
                break
            }
            do throws(PostgresFailure) {
                try await link.write(.upsert(Array(rows[range])), limits: limits)
            } catch {
                switch error.remedy {
                case .later(let error): throw error
                case .withoutRow(let reason):
                    guard let bad = bisection.refused(range) else { continue }
                    refused.append(ArchiveRow(rows[bad].record, refusal: reason))
                case .fewerRows(let reason):
                    outcome.timeouts += 1
                    outcome.timeout = error.storeError
                    guard let slow = bisection.refused(range) else { continue }
                    outcome.late.append(ArchiveRow(rows[slow].record, refusal: reason))
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
}

extension ArchiveRow {
    /// What is reported of a row that was set aside.
    var rejection: StoreReport.Rejection {
        StoreReport.Rejection(reference: record.reference, code: refusal?.code ?? "", reason: refusal?.message ?? "")
    }
}
