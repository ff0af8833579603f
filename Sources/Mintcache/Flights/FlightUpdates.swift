import Caching
import Tokens

/// What flights know of chains' events and of purges, and what they tell those who watch the chains.
struct FlightUpdates: Sendable {
    /// What was known when a fetch began.
    struct Beginning: Sendable {
        /// ``UpdateMarks/sequence``.
        let event: UInt64
        /// ``PurgeBook/sequence``.
        let purge: UInt64
    }

    var marks = UpdateMarks()
    var purges = PurgeBook()
    var contracts = HeldContracts()

    /// What is known now.
    var beginning: Beginning { Beginning(event: marks.sequence, purge: purges.sequence) }

    /// A record with what was known when its fetch began, and as old as what the sources may have told: they were first
    /// asked at `start`, and an update that others know of may have come while they answered. One that an update has
    /// overtaken counts as read before the update: it may tell the old or the new.
    ///
    /// - Parameter start: milliseconds since 1970.
    func dated(_ record: TokenRecord, since beginning: Beginning, askedAt start: Int64) -> TokenRecord {
        var record = record
        record.purgeSequence = beginning.purge
        record.fetchedAt = min(record.fetchedAt, start)
        guard let mark = marks.latest(for: record.reference), mark.sequence > beginning.event else { return record }
        record.fetchedAt = min(record.fetchedAt, mark.moment - 1)
        return record
    }

    /// Whether a purge has made void what a flight brings, since it began.
    func isVoid(_ landing: Landing) -> Bool {
        landing.record.map { purges.verdict(on: $0) == .void } ?? false
    }

    /// Whether a purge has come since a fetch of a token began.
    func isPurged(_ reference: TokenReference, since beginning: Beginning) -> Bool {
        purges.lastPurge(of: reference) > beginning.purge
    }

    /// Whether what a record says is to be fetched anew, whatever its lifetime says.
    func isOutdated(_ record: TokenRecord) -> Bool {
        marks.isOutdated(record) || purges.verdict(on: record) == .stale
    }

    /// What came as a fresh copy, as the stale one that an update or a soft purge has made of it meanwhile; nil when none
    /// has.
    func overtaken(_ landing: Landing) -> Landing? {
        switch landing {
        case .fetched(let record) where isOutdated(record):
            .held(record, tier: nil, isStale: true)
        case .held(let record, let tier, isStale: false) where isOutdated(record):
            .held(record, tier: tier, isStale: true)
        case .fetched, .held, .problem:
            nil
        }
    }
}
