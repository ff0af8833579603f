import Caching
import EventLoops
import Tokens

/// What the archive has, however old: for tokens whose other sources are gone, or are not to be asked.
struct ArchiveSource: TokenSource {
    static let name = "archive"

    /// As long as a flight waits for the archive.
    private static let longestWait = Duration.seconds(1)

    let archive: any MetadataArchive
    var purges = PurgeBook()
    var timeout: Duration?

    var name: String { Self.name }

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? {
        // The flight has looked in the archive, too, when it found a document anywhere.
        if let held = inquiry.held, held.outcome == .document { return SourceAnswer(finding: .archived(held)) }
        let limit = min(Self.longestWait, inquiry.deadline - .current)
        guard limit > .zero else { return nil }
        do throws(StoreError) {
            let records = try await archive.records(for: [inquiry.reference], within: limit)
            if let record = records[inquiry.reference], record.outcome == .document,
                purges.verdict(on: record) != .void
            {
                return SourceAnswer(finding: .archived(record))
            }
            trace.note("archive", at: "archive", "nothing-held")
            return nil
        } catch {
            trace.note("archive", at: "archive", "unavailable", isRetryable: true)
            throw trace.problem("The archive could not be asked.")
        }
    }
}
