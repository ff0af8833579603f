/// Why there is no answer from an upstream: what went wrong, at which host, and whether trying again can help.
///
/// Neither `detail` nor `origin` holds a path, a query, a credential or a field's value, so both may be logged. They do
/// tell what a stranger's URL led to; to strangers say no more than ``label``.
public struct FetchFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The request itself cannot be sent: a bug of its maker.
        case invalidRequest
        /// The URL is not one that may be fetched: scheme, port, user information, a denied or unreadable host.
        case refusedURL
        /// The host, or the peer it led to, is not on the public internet.
        case refusedAddress
        case nameNotFound
        case connect
        case tls
        case timeout
        /// The decoded body passed its limit.
        case tooLarge
        /// The connection ended before the message did.
        case truncated
        /// The answer is not strict HTTP, or its content coding is broken.
        case malformedResponse
        case tooManyRedirects
        /// Too much is in flight or waiting here already.
        case overloaded
        /// The host failed repeatedly or asked to be left alone.
        case breakerOpen(retryAfter: Duration)
        /// An answer that its caller could not use.
        case status(Int)
        /// The calling task was cancelled.
        case cancelled
        /// The client was shut down.
        case closed
    }

    public let kind: Kind
    /// `host` or `host:port`; empty when the URL could not be read.
    public let origin: String
    public let detail: String
    /// How often the request was sent, or was to be: twice when an open connection turned out dead.
    public internal(set) var sends = 1

    public init(_ kind: Kind, _ origin: String, _ detail: String) {
        self.kind = kind
        self.origin = origin
        self.detail = detail
    }

    public var description: String {
        origin.isEmpty ? "\(label): \(detail)" : "\(label): \(origin): \(detail)"
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var isRetryable: Bool {
        switch kind {
        case .connect, .timeout, .truncated, .overloaded, .breakerOpen: true
        case .status(let status): status == 429 || status >= 500
        case .invalidRequest, .refusedURL, .refusedAddress, .nameNotFound, .tls, .tooLarge, .malformedResponse: false
        case .tooManyRedirects, .cancelled, .closed: false
        }
    }

    /// One stable word for metrics and logs.
    public var label: String {
        switch kind {
        case .invalidRequest: "invalid-request"
        case .refusedURL: "refused-url"
        case .refusedAddress: "refused-address"
        case .nameNotFound: "name-not-found"
        case .connect: "connect"
        case .tls: "tls"
        case .timeout: "timeout"
        case .tooLarge: "too-large"
        case .truncated: "truncated"
        case .malformedResponse: "malformed-response"
        case .tooManyRedirects: "too-many-redirects"
        case .overloaded: "overloaded"
        case .breakerOpen: "breaker-open"
        case .status: "status"
        case .cancelled: "cancelled"
        case .closed: "closed"
        }
    }
}
