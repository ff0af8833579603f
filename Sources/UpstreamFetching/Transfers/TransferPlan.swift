import EventLoops

/// One HTTP exchange with one host whose addresses are known and vetted: what a transfer needs, nothing to decide.
struct TransferPlan {
    let url: UpstreamURL
    let method: UpstreamRequest.Method
    let fields: [UpstreamField]
    let body: [UInt8]
    /// The only addresses a new connection may go to.
    let pins: [SocketAddress]
    /// What the peer of an open connection is held against.
    let gate: AddressGate
    let connectTimeout: Duration
    let pace: PaceLimits
    let userAgent: String
    let certificateAuthorityFile: String?
    /// On a connection of its own. libcurl repeats a request by itself when an open connection turns out dead, so one
    /// that must not be sent twice does not use open connections.
    var needsNewConnection: Bool
}

/// The end of an exchange that brought a whole answer; its body is with the sink.
struct TransferResult: Sendable {
    let status: Int
    let fields: [UpstreamField]
    let peer: SocketAddress?
    let timings: UpstreamTimings
}
