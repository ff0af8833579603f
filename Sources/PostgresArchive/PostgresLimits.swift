/// How long the archive's dealings with PostgreSQL may take, and how much may be in flight.
public struct PostgresLimits: Sendable {
    /// For connecting and logging in; a `connect_timeout` in the URL takes precedence.
    public var connect = Duration.seconds(2)
    /// For one statement that reads, unless one of its callers waits longer. After it the connection is given up, which
    /// a caller in more of a hurry is no reason for.
    public var read = Duration.seconds(1)
    /// For one transaction that writes, as this side measures it. After it the connection is given up.
    public var write = Duration.seconds(5)
    /// For one statement that writes, as the server measures it.
    public var statement = Duration.seconds(4)
    /// For the wait for a lock that somebody else holds, as the server measures it.
    public var lock = Duration.seconds(1)
    /// For all migrations together, the wait for another replica's included.
    public var migration = Duration.seconds(60)
    /// Rows in one statement, for reading and for writing.
    public var batchRows = 500
    /// Document bytes in one statement that writes, unless a single document is larger.
    public var batchBytes = 1024 * 1024
    /// Reads that wait for a connection.
    public var waitingReads = 4096

    public init() {}
}
