/// What the instances of a fleet tell one another, in one order for all, through the shared store.
///
/// Who was cut off for a while hears everything it missed afterwards, or that it missed something.
public protocol FleetChannel: Sendable {
    /// Tells every instance, this one included. Returns when the shared store has taken it.
    func publish(_ announcement: Announcement) async throws(StoreError)

    /// Listens until the task is cancelled. Events come in the order of the announcements, on the channel's loop.
    func listen(_ hear: @escaping @Sendable (FleetEvent) -> Void) async
}

/// Something that all instances must know.
public enum Announcement: Sendable, Hashable {
    /// A fetch for all has ended. Memory does not answer with copies that are older than what the shared store holds now.
    case landed(FleetSubject, FetchOutcome)
    /// What the mark covers is to be forgotten, or stale.
    case purged(PurgeMark)
    /// An unsafe request has changed what a URL stands for (RFC 9111, section 4.4). With the key that responses for it are
    /// stored under, and who says so. Repeated by an instance that may have stored something old since it was said first,
    /// which others may have found: nothing else has changed then.
    case invalidated([UInt8], instance: String, isRepeated: Bool = false)
    /// This instance has done as the purge `sequence` demands.
    case acknowledged(sequence: UInt64, instance: String)
}

/// What a listener hears.
public enum FleetEvent: Sendable, Hashable {
    case announced(Announcement)
    /// The connection is there; what follows is everything since the last announcement heard.
    case caughtUp
    /// Announcements were missed for good: whatever they may have been about counts as changed.
    case gap
    /// Nothing has come for longer than the channel vouches for; announcements may be late from now on.
    case lost
}
