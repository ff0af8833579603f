public import EventLoops

/// How a server listens and what it puts up with.
public struct ServerConfiguration: Sendable {
    /// Where to listen. Port 0 takes a free one; ``HTTPServer/address`` tells which.
    public var address: SocketAddress
    /// Connections at once; one more is answered 503.
    public var maximumConnections: Int
    /// Connections that the kernel holds until they are accepted (listen(2)).
    public var backlog: Int32
    public var limits: MessageLimits
    public var timeouts: ServerTimeouts

    public init(
        address: SocketAddress, maximumConnections: Int = 10_000, backlog: Int32 = 4096,
        limits: MessageLimits = MessageLimits(), timeouts: ServerTimeouts = ServerTimeouts()
    ) {
        self.address = address
        self.maximumConnections = maximumConnections
        self.backlog = backlog
        self.limits = limits
        self.timeouts = timeouts
    }
}

/// How long a client may take. Every wait of a connection ends by one of these.
public struct ServerTimeouts: Sendable {
    /// From a head's first octet to its last; then 408.
    public var header: Duration
    /// From the moment a handler asks for the body to its last octet, or, when it takes the body in pieces, without any
    /// octet of a piece that it waits for; then the handler is told.
    public var body: Duration
    /// Between two requests; then the connection closes without a word.
    public var idle: Duration
    /// Without the client taking any octet of an answer; then the connection closes.
    public var write: Duration

    public init(
        header: Duration = .seconds(10), body: Duration = .seconds(30), idle: Duration = .seconds(75),
        write: Duration = .seconds(30)
    ) {
        self.header = header
        self.body = body
        self.idle = idle
        self.write = write
    }
}

/// The timeouts in nanoseconds, so that setting a deadline is one addition.
struct DeadlineTable {
    let header: UInt64
    let body: UInt64
    let idle: UInt64
    let write: UInt64
    /// How long the leftovers of a refused client are read and thrown away, so that closing does not reset the
    /// connection before the client has read the answer (RFC 9112 section 9.6).
    let linger: UInt64 = 1_000_000_000

    init(_ timeouts: ServerTimeouts) {
        header = UInt64(max(timeouts.header.inNanoseconds, 0))
        body = UInt64(max(timeouts.body.inNanoseconds, 0))
        idle = UInt64(max(timeouts.idle.inNanoseconds, 0))
        write = UInt64(max(timeouts.write.inNanoseconds, 0))
    }
}
