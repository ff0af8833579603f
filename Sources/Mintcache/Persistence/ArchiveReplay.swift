import Caching
import EventLoops
import PostgresArchive
import Tokens

/// `mintcache archive replay`: what PostgreSQL set aside is offered to it once more, after the reason was mended.
public enum ArchiveReplay {
    /// What became of the rows that had been set aside.
    public struct Outcome: Sendable, Equatable {
        /// Taken whole.
        public var taken = 0
        /// Dropped, because the archive holds another document of the token by now.
        public var superseded = 0
        /// Refused again, and still set aside.
        public var refused = 0

        public var description: String {
            "\(taken) rows were taken, \(superseded) dropped for newer ones, \(refused) refused again"
        }
    }

    public static func run(_ archive: Configuration.Archive) async throws(StartupError) -> Outcome {
        try await OpenStores.withArchive(archive, "mintcache.replay") { store throws(StoreError) in
            // The embedded archive has no columns that could refuse a document.
            guard let postgres = store as? PostgresArchive else { return Outcome() }
            return try await replay(in: postgres)
        }
    }

    /// A page at a time, because documents may be large.
    static func replay(in archive: PostgresArchive, pageRows: Int = 16) async throws(StoreError) -> Outcome {
        var outcome = Outcome()
        var last: TokenReference?
        while true {
            let rows = try await archive.setAside(after: last, atMost: pageRows)
            guard let end = rows.last else { return outcome }
            try await offer(rows, to: archive, counting: &outcome)
            last = end.reference
        }
    }

    private static func offer(
        _ rows: [SetAsideRow], to archive: PostgresArchive, counting outcome: inout Outcome
    ) async throws(StoreError) {
        let held = try await archive.records(for: rows.map(\.reference), within: .seconds(5))
        let records = rows.compactMap { record(of: $0, holding: held[$0.reference]) }
        let refused = Set(try await archive.store(records).rejected.map(\.reference))
        let done = rows.filter { !refused.contains($0.reference) }
        try await archive.discardSetAside(done.map(\.reference), upTo: done.map(\.rejectedAt).max() ?? 0)
        outcome.refused += refused.count
        outcome.taken += records.count - refused.count
        outcome.superseded += rows.count - records.count
    }

    /// The row once more with everything that is known of it; nil when the archive has something newer. One that was
    /// refused in every form is known by its document alone: it counts as fetched when it was refused, and as stale.
    private static func record(of row: SetAsideRow, holding held: TokenRecord?) -> TokenRecord? {
        if let held { return held.document == row.document ? held : nil }
        return TokenRecord(
            reference: row.reference, outcome: .document, source: "archive", document: row.document,
            etag: EntityDigest.text(row.document), fetchedAt: row.rejectedAt, freshUntil: row.rejectedAt)
    }
}
