public import EventLoops

/// A whole answer of an upstream, whatever its status.
public struct UpstreamResponse: Sendable {
    public let status: Int
    /// In the order received, names in lower case; `transfer-encoding` is gone, and so are `content-encoding` and
    /// `content-length` when the body was decoded.
    public let fields: [UpstreamField]
    /// The body with content codings undone.
    public let body: [UInt8]
    /// The URL that answered, after redirects. May hold a query: not for logs.
    public let effectiveURL: String
    /// Who answered; `nil` when libcurl did not say.
    public let peer: SocketAddress?
    public var timings: UpstreamTimings

    /// The value of the first field of this name, in any case.
    public func value(of name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// Throws ``FetchFailure/Kind/status(_:)`` unless the status is 2xx.
    public func requireSuccess() throws(FetchFailure) -> UpstreamResponse {
        if isSuccess { return self }
        let origin = (try? UpstreamURL(parsing: effectiveURL).authority) ?? ""
        throw FetchFailure(.status(status), origin, "answered with status \(status)")
    }
}

/// Where the time went, and how many tries it took.
public struct UpstreamTimings: Sendable, Hashable {
    /// From the call to the start of the transfer that answered: look-up, waiting in line, earlier hops and tries.
    public var waiting: Duration = .zero
    /// TCP and TLS; zero on a connection that was open already.
    public var connecting: Duration = .zero
    /// From the start of the transfer to its first byte.
    public var firstByte: Duration = .zero
    /// The transfer that answered, start to end.
    public var transfer: Duration = .zero
    public var attempts = 1
    public var redirects = 0
    public var usedOpenConnection = false
}
