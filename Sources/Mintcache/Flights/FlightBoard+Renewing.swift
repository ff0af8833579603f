import Caching
import Tokens

// Flights that nobody waits for: their results are wanted all the same.
extension FlightBoard {
    /// Fetches a stale token anew, unless that is under way or another instance has done it.
    func refresh(_ reference: TokenReference) {
        begin(reference, .revalidation)
    }

    /// Shows what memory holds of a token as the stale copy that an event has made of it, and fetches the token anew: who
    /// asks meanwhile need not wait. Memory forgets what was purged, and what is no document, which nobody wants to have stale.
    func renewOutdated(_ reference: TokenReference) {
        for representation in TokenRepresentation.allCases {
            guard let held = search.held(reference, representation), let record = held.record,
                updates.isOutdated(record)
            else { continue }
            let stale = Landing.held(record, tier: held.tier, isStale: true)
            if record.outcome == .document, !updates.isVoid(stale) {
                render(reference, stale, as: representation)
            } else {
                EntryKey.bytes(reference, representation).withUnsafeBytes { _ = memory.remove(forKey: $0) }
            }
        }
        refresh(reference)
    }

    /// Takes note that an instance, maybe this one, has brought what was fetched at a moment. Of what is older, in memory
    /// or about to be, Redis is asked again; and what failed here counts no more.
    func noteLanding(of reference: TokenReference, fetchedAt moment: Int64) {
        lookups.note(reference, fetchedAt: moment)
        for representation in TokenRepresentation.allCases {
            guard let held = search.held(reference, representation), held.times.fetchedAt < moment else { continue }
            EntryKey.bytes(reference, representation).withUnsafeBytes { memory.distrust(forKey: $0) }
        }
        forgetFailure(of: reference)
    }

    private func forgetFailure(of reference: TokenReference) {
        guard setbacks.forget(reference) else { return }
        for representation in TokenRepresentation.allCases {
            EntryKey.bytes(reference, representation).withUnsafeBytes { key in
                if memory.lastKnownEntry(forKey: key)?.isFailure == true { _ = memory.remove(forKey: key) }
            }
        }
    }

    /// Asks the sources for a token though a tier holds a fresh copy.
    ///
    /// - Parameter again: whether to ask them once more when a flight is under way: it may have asked them before there
    ///   was a reason to.
    @discardableResult
    func renew(_ reference: TokenReference, again: Bool = false) -> Renewal {
        if begin(reference, .renewal) { return .started }
        guard room.isUnderWay(reference) else { return .refused }
        if again { renewals.insert(reference) }
        return .queued
    }

    /// Nothing is known of what went wrong before a purge.
    func forgetSetbacks(in scope: PurgeScope) {
        setbacks.forget { scope.covers($0) }
    }

    @discardableResult
    func begin(_ reference: TokenReference, _ purpose: FlightPurpose) -> Bool {
        guard room.begin(reference) else { return false }
        metrics.refreshes.increment()
        start(reference, purpose)
        return true
    }
}
