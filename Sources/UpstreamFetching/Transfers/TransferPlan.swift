import EventLoops

/// One HTTP exchange with one host whose addresses are known and vetted: what a transfer needs, nothing to decide.
struct TransferPlan {
    enum Message {
        /// To be read here: decoded, and in the shortest time.
        case fetch(FetchMessage)
        /// To be passed on as it is.
        case exchange(ExchangeMessage)
    }

    let url: UpstreamURL
    let message: Message
    /// The only addresses a new connection may go to.
    let pins: [SocketAddress]
    /// What the peer of an open connection is held against.
    let gate: AddressGate
    let connectTimeout: Duration
    let certificateAuthorityFile: String?
    /// On a connection of its own. libcurl repeats a request by itself when an open connection turns out dead, so one
    /// that must not be sent twice does not use open connections.
    var needsNewConnection: Bool

    /// Whether nothing but HTTP/1.1 can be spoken, where a connection that says something unasked is broken.
    ///
    /// Exchanges never speak HTTP/2: libcurl 7.88 holds back everything on a connection for one paused reader.
    var isHTTP1: Bool {
        switch message {
        case .fetch: url.scheme == .http
        case .exchange: true
        }
    }
}

/// A request whose answer is read here.
struct FetchMessage {
    let method: UpstreamRequest.Method
    let fields: [UpstreamField]
    let body: [UInt8]
    let pace: PaceLimits
    let userAgent: String
}

/// The end of an exchange that brought a whole answer; its body is with the sink.
struct TransferResult: Sendable {
    let status: Int
    let fields: [UpstreamField]
    let peer: SocketAddress?
    let timings: UpstreamTimings
}
