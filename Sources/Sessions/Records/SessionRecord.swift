/// What is kept of a session. Times are milliseconds since 1970.
public struct SessionRecord: Sendable, Equatable {
    /// The longest name of a browser that is kept, in characters.
    public static let agentLimit = 128

    public let wallet: WalletAddress
    /// The EIP-155 number of the chain that the message named.
    public let chain: UInt64
    /// The user's `id` in the archive.
    public let user: String
    /// What the browser called itself: printable ASCII.
    public let agent: String
    public let createdAt: Int64
    public var lastSeenAt: Int64

    /// - Parameter agent: what is beyond the limit, or not printable, is left out.
    public init(wallet: WalletAddress, chain: UInt64, user: String, agent: String, createdAt: Int64) {
        self.wallet = wallet
        self.chain = chain
        self.user = user
        self.agent = String(
            decoding: agent.utf8.lazy.filter { (0x20...0x7E).contains($0) }.prefix(Self.agentLimit), as: UTF8.self)
        self.createdAt = createdAt
        lastSeenAt = createdAt
    }
}

/// How long sessions last, in milliseconds.
public struct SessionTerms: Sendable, Equatable {
    /// From sign-in.
    public let absolute: Int64
    /// From the last use.
    public let idle: Int64

    public init(absolute: Int64, idle: Int64) {
        self.absolute = absolute
        self.idle = idle
    }

    public func end(of record: SessionRecord) -> Int64 { record.createdAt + absolute }

    public func idleEnd(of record: SessionRecord) -> Int64 { min(record.lastSeenAt + idle, end(of: record)) }

    public func isOver(_ record: SessionRecord, at now: Int64) -> Bool { now >= idleEnd(of: record) }

    /// Whether a use is to be taken down: not each one, because that is a write to a store, but often enough for the
    /// idle time to be right to within a tenth, and a minute at most.
    public func isWorthNoting(_ record: SessionRecord, at now: Int64) -> Bool {
        now - record.lastSeenAt >= min(60_000, idle / 10)
    }
}
