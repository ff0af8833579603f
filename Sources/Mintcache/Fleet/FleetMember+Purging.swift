import Caching
import EventLoops
import Tokens

/// Purges that are ordered here, and waited for until all have followed them.
extension FleetMember {
    /// Purges; when it returns, no living instance answers with what it covers any more.
    ///
    /// - Parameters:
    ///   - moments: those before which nothing of tokens, and of anything else, is left.
    func purge(
        _ scopes: [PurgeScope], isSoft: Bool, forgetting moments: (tokens: Int64, others: Int64)
    ) async throws(Problem) -> PurgeReport {
        guard let links else { return try await purgeAlone(scopes, isSoft: isSoft, forgetting: moments) }
        var report = PurgeReport(sequence: 0, scopes: scopes, isSoft: isSoft)
        var ordered = 0
        do throws(StoreError) {
            for scope in scopes {
                tools.purges.tidy(tokensBefore: moments.tokens, othersBefore: moments.others)
                let mark = try await links.purges.order(scope, isSoft: isSoft, after: tools.purges.sequence)
                follow(mark)
                report.sequence = mark.sequence
                ordered += 1
                tools.forgetInArchive(mark)
            }
            living = try await links.instances.beat(as: name).living
        } catch {
            throw .purgeImpossible(error, ordered: ordered, of: scopes.count)
        }
        try await confirm(&report)
        return report
    }

    private func purgeAlone(
        _ scopes: [PurgeScope], isSoft: Bool, forgetting moments: (tokens: Int64, others: Int64)
    ) async throws(Problem) -> PurgeReport {
        var report = PurgeReport(sequence: 0, scopes: scopes, isSoft: isSoft, instances: [name])
        for (done, scope) in scopes.enumerated() {
            tools.purges.tidy(tokensBefore: moments.tokens, othersBefore: moments.others)
            let mark = tools.purges.number(scope, isSoft: isSoft, at: tools.time.now)
            follow(mark)
            report.sequence = mark.sequence
            // The mark is as lasting as the process: what is in the archive must be gone before anybody relies on it.
            if let error = await tools.forgetInArchive(mark)?.value {
                throw .purgeIncomplete(error, done: done, of: scopes.count)
            }
        }
        return report
    }

    /// Waits until every other instance that lives has done as the purge demands.
    private func confirm(_ report: inout PurgeReport) async throws(Problem) {
        let others = living.subtracting([name])
        let (poll, wait) = acknowledgements.begin(report.sequence, from: others)
        let timer = tools.loop.schedule(after: timing.patience) { wait.resume(()) }
        await wait.value(ifCancelled: ())
        timer.cancel()
        let missing = acknowledgements.end(poll)
        guard missing.isEmpty else {
            tools.metrics.unconfirmedPurges.increment()
            throw .purgeUnconfirmed(missing: missing, staleFor: tools.memoryTTL)
        }
        let sequence = report.sequence
        report.instances = [name] + others.filter { acknowledgements.hasAcknowledged(sequence, $0) }
        report.silent = others.filter { !acknowledgements.hasAcknowledged(sequence, $0) }
    }
}
