public import Tokens

/// The right to fetch a token for all instances of the fleet: held by one at a time, in the shared store, with a
/// deadline. An instance that dies loses it when its term ends.
///
/// A fetch that failed leaves a note in place of its lease for a while, so that the instances do not try one after the
/// other what has just failed.
public protocol FetchLeases: Sendable {
    /// Tries to take the lease for a token. Whoever gets it looks into the shared store once more: another may have
    /// brought the record a moment ago.
    ///
    /// - Parameter limit: the time after which the call fails with `.timeout`.
    func take(_ wish: LeaseWish, within limit: Duration) async throws(StoreError) -> LeaseAttempt

    /// Lets a lease last for another term from now. False when it was lost: another may fetch the same token.
    func renew(_ lease: FetchLease, for term: Duration) async throws(StoreError) -> Bool

    /// Gives a lease back, if it is still held, and then announces how the fetch ended, so that those who wait wake up.
    ///
    /// - Parameter memory: how long a failure is told to whoever wants the lease.
    func end(
        _ lease: FetchLease, _ outcome: FetchOutcome, rememberingFailureFor memory: Duration
    ) async throws(StoreError)
}

/// What is wanted of a lease.
public struct LeaseWish: Sendable, Hashable {
    /// What is to be fetched.
    public let reference: TokenReference
    /// When the fetch begins, in milliseconds since 1970.
    public let since: Int64
    /// How long the lease lasts unless it is renewed.
    public let term: Duration
    /// How many fetches in a row may fail before nobody tries for a while; `nil` to try whatever failed before.
    public let attempts: Int?

    public init(_ reference: TokenReference, since: Int64, for term: Duration, attempts: Int?) {
        self.reference = reference
        self.since = since
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
    public let reference: TokenReference
    /// A random text without spaces.
    public let owner: String
    /// The how manieth fetch it is, when those before it failed; 1 for the first.
    public let attempt: Int
    /// When it was taken, in milliseconds since 1970.
    public let since: Int64

    public init(_ reference: TokenReference, owner: String, attempt: Int, since: Int64) {
        self.reference = reference
        self.owner = owner
        self.attempt = attempt
        self.since = since
    }
}

/// How a fetch for all instances ended.
public enum FetchOutcome: Sendable, Hashable {
    /// The record is in the shared store.
    case stored
    /// It brought nothing that is in the shared store. Somebody else may try.
    case givenUp
    /// Every source failed. With the problem, in a form that the composition reads, for others to answer with.
    case failed([UInt8])
}
