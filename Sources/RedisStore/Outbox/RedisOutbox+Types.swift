public import Caching

extension RedisOutbox {
    /// How the outbox is emptied.
    public struct Options: Sendable {
        /// Entries delivered together, at most.
        public var batchRows = 500
        /// Bytes of records delivered together; the entry that passes it still belongs to the batch.
        public var batchBytes = 16 << 20
        /// How long a batch may wait to fill up.
        public var batchInterval: Duration = .milliseconds(50)
        /// How long another consumer may hold an entry without delivering it.
        public var claimAfter: Duration = .seconds(15)
        /// How often to look for such entries.
        public var claimInterval: Duration = .seconds(5)
        /// How long a consumer that holds nothing may stay away before it is forgotten.
        public var forgetAfter: Duration = .seconds(86_400)
        /// How much the stream may hold.
        public var bounds = Bounds()
        /// How long one look for new entries waits for some.
        public var block: Duration = .milliseconds(500)

        public init() {}
    }

    /// How much the outbox may hold. Past any of these its oldest entries are dropped: what waited longest is what is
    /// most likely to have been fetched anew, and nobody who asks for a token ever waits for room.
    public struct Bounds: Sendable, Hashable {
        public var rows = 500_000
        /// Of Redis's memory, as Redis estimates it.
        public var bytes = 256 << 20
        public var age: Duration = .seconds(7 * 86_400)

        public init() {}
    }

    /// How full the outbox is.
    public struct Status: Sendable, Hashable {
        /// Entries that are not in the archive yet.
        public let depth: Int
        /// Of those, entries given to a consumer.
        public let pending: Int
        /// Memory that the stream takes in Redis, as Redis estimates it.
        public let bytes: Int
        /// How long the first of them has been there, by the clock of this machine; nil when there is none.
        public let oldest: Duration?
    }

    /// What whoever runs the program wants to read about.
    public enum Event: Sendable {
        /// An entry was thrown away because no record can be read from it.
        case unreadable(entry: String, reason: String)
        /// A batch was not taken; it will be offered again.
        case deliveryFailed(reason: String)
        /// The stream could not be read or tidied; it will be tried again.
        case streamFailed(StoreError)
        /// Entries were dropped, because the outbox was at its bounds.
        case dropped(entries: Int)
        /// The stream had vanished with all its entries, and begins anew.
        case streamVanished
    }

    /// What has happened since the outbox was made.
    public struct Statistics: Sendable, Hashable {
        /// Records handed over and accepted, each token once a batch.
        public var delivered = 0
        public var batches = 0
        public var failedDeliveries = 0
        /// Entries thrown away.
        public var unreadable = 0
        /// Entries left to instances of the release that wrote them, each as often as it was seen.
        public var passedOn = 0
        /// Entries dropped to keep the outbox within its bounds.
        public var dropped = 0
        /// Entries taken over from consumers that fell silent.
        public var claimed = 0
    }
}
