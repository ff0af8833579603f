import Tokens

/// What flights know of chains' events, and what they tell those who watch the chains.
struct FlightUpdates: Sendable {
    var marks = UpdateMarks()
    var contracts = HeldContracts()

    /// A record that an update has overtaken, on its way from the source, as one read before the update: it may tell the
    /// old or the new.
    ///
    /// - Parameter beginning: ``UpdateMarks/sequence`` when the flight began.
    func dated(_ record: TokenRecord, since beginning: UInt64) -> TokenRecord {
        guard let mark = marks.latest(for: record.reference), mark.sequence > beginning else { return record }
        var record = record
        record.fetchedAt = min(record.fetchedAt, mark.moment - 1)
        return record
    }

    /// What came as a fresh copy, as the stale one that an update has made of it meanwhile; nil when none has.
    func overtaken(_ landing: Landing) -> Landing? {
        switch landing {
        case .fetched(let record) where marks.isOutdated(record):
            .held(record, tier: nil, isStale: true)
        case .held(let record, let tier, isStale: false) where marks.isOutdated(record):
            .held(record, tier: tier, isStale: true)
        case .fetched, .held, .problem:
            nil
        }
    }
}
