public import EventLoops

extension RedisClient {
    /// How a client behaves towards its server.
    public struct Options: Sendable {
        /// For a connection: name look-up, TCP and TLS together.
        public var connectTimeout: Duration = .seconds(1)
        /// For the replies to what is sent; past it the connection is dropped.
        public var timeout: Duration = .milliseconds(250)
        /// Whom to believe with `rediss://`.
        public var trust: TLSClient.Trust = .system
        /// What `CLIENT LIST` shows; no spaces.
        public var name: String? = "mintcache"
        /// Commands that may be under way at once.
        public var maximumPendingCommands = 65_536
        /// Bytes that may wait to be sent.
        public var maximumPendingBytes = 32 << 20

        /// Commands and values of more bytes than this travel on a connection of their own.
        public var largeValue = 256 << 10

        public init() {}

        /// A reply that takes this long is late; several in a row are as bad as none.
        var slowReply: Duration { timeout / 2 }
    }

    /// What has happened since the client was made.
    public struct Statistics: Sendable, Hashable {
        /// Connections that came about.
        public var connections = 0
        /// Attempts at one, failed ones included.
        public var attempts = 0
        /// Commands handed in.
        public var commands = 0
        /// Calls that ended without replies.
        public var failures = 0
        /// Of those, calls that waited too long.
        public var timeouts = 0
        /// Writes that the server refused, for lack of memory or because it takes none now.
        public var refusedWrites = 0
        /// Commands that the account has no right to.
        public var deniedCommands = 0
        /// Why there is no connection; nil while there is one.
        public var fault: RedisError?
    }

    /// A change that whoever runs the program wants to read about.
    public enum Event: Sendable, Hashable {
        case connected
        /// Attempts at a new connection go on by themselves.
        case lost(RedisError)
        /// The server goes on answering, but refuses some commands with this error code; how many since the last such
        /// event. At most once a second for each code.
        case refusing(code: String, commands: Int)
    }
}
