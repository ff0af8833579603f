/// The right to fetch something for all instances of the fleet: held by one at a time, in the shared store, with a
/// deadline. An instance that dies loses it when its term ends.
///
/// A fetch that failed leaves a note in place of its lease for a while, so that the instances do not try one after the
/// other what has just failed. A note from before a purge of what it is about counts for nothing.
public protocol FetchLeases: Sendable {
    /// Tries to take a lease. Whoever gets it looks into the shared store once more: another may have
    /// brought the record a moment ago.
    ///
    /// - Parameter limit: the time after which the call fails with `.timeout`.
    func take(_ wish: LeaseWish, within limit: Duration) async throws(StoreError) -> LeaseAttempt

    /// Lets a lease last for another term from now. False when it was lost: another may fetch the same.
    func renew(_ lease: FetchLease, for term: Duration) async throws(StoreError) -> Bool

    /// Gives a lease back, if it is still held, and then announces how the fetch ended, so that those who wait wake up. Of
    /// one that was lost only what was stored is announced: that is as good as what its next holder brings.
    ///
    /// - Parameter memory: how long a failure is told to whoever wants the lease.
    func end(
        _ lease: FetchLease, _ outcome: FetchOutcome, rememberingFailureFor memory: Duration
    ) async throws(StoreError)

    /// Announces what was fetched without a lease and is in the shared store.
    ///
    /// - Parameter moment: of the fetch, in milliseconds since 1970.
    func announce(_ subject: FleetSubject, storedAt moment: Int64) async throws(StoreError)
}

/// What is wanted of a lease.
public struct LeaseWish: Sendable, Hashable {
    /// What is to be fetched.
    public let subject: FleetSubject
    /// When the fetch begins, in milliseconds since 1970.
    public let since: Int64
    /// The number of the last purge that is known when the fetch begins.
    public let purge: UInt64
    /// The number of the last purge of the subject: failures of before it are nobody's concern.
    public let lastPurge: UInt64
    /// How long the lease lasts unless it is renewed.
    public let term: Duration
    /// How many fetches in a row may fail before nobody tries for a while; `nil` to try whatever failed before.
    public let attempts: Int?

    public init(
        _ subject: FleetSubject, since: Int64, purge: UInt64 = 0, lastPurge: UInt64 = 0, for term: Duration,
        attempts: Int?
    ) {
        self.subject = subject
        self.since = since
        self.purge = purge
        self.lastPurge = lastPurge
        self.term = term
        self.attempts = attempts
    }
}

/// What came of asking for a lease.
public enum LeaseAttempt: Sendable, Hashable {
    /// It is ours.
    case taken(FetchLease)
    /// Another instance has it, for this long at most unless it renews it, and began at this time by its clock.
    case held(left: Duration, since: Int64)
    /// As many fetches as may be have failed, the last one with this problem; nobody has to try for this long.
    case failed([UInt8], left: Duration)
}

/// A lease that was taken. The owner is unique to this taking, so that nobody ends another's lease.
public struct FetchLease: Sendable, Hashable {
    /// What may be fetched.
    public let subject: FleetSubject
    /// A random text without spaces.
    public let owner: String
    /// The how manieth fetch it is, when those before it failed; 1 for the first.
    public let attempt: Int
    /// When it was taken, in milliseconds since 1970.
    public let since: Int64
    /// The number of the last purge that was known then.
    public let purge: UInt64

    public init(_ subject: FleetSubject, owner: String, attempt: Int, since: Int64, purge: UInt64) {
        self.subject = subject
        self.owner = owner
        self.attempt = attempt
        self.since = since
        self.purge = purge
    }
}

/// How a fetch for all instances ended.
public enum FetchOutcome: Sendable, Hashable {
    /// What was fetched at `moment`, in milliseconds since 1970, is in the shared store.
    case stored(moment: Int64)
    /// It brought nothing that is in the shared store. Somebody else may try.
    case givenUp
    /// Every source failed. With the problem, in a form that the composition reads, for others to answer with.
    case failed([UInt8])
}
