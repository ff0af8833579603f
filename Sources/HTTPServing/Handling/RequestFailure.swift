/// Why the server answers a request by itself, before any handler or instead of one.
public enum RequestFailure: Error, Sendable, Equatable {
    /// The head is refused.
    case malformed(ParseFailure)
    /// The head was not complete within its time.
    case headerTimeout
    /// There are as many connections as the server serves.
    case tooManyConnections
    /// The handler gave up on the request without an answer.
    case unanswered

    /// The stable label for logs and counters.
    public var label: String {
        switch self {
        case .malformed(let failure): failure.rawValue
        case .headerTimeout: "header-timeout"
        case .tooManyConnections: "too-many-connections"
        case .unanswered: "unanswered"
        }
    }

    public var status: Int {
        switch self {
        case .malformed(let failure): failure.status
        case .headerTimeout: 408
        case .tooManyConnections: 503
        case .unanswered: 500
        }
    }

    public var detail: StaticString {
        switch self {
        case .malformed(let failure): failure.detail
        case .headerTimeout: "The request head was not complete in time."
        case .tooManyConnections: "The server has as many connections as it serves; try again shortly."
        case .unanswered: "The server could not answer this request."
        }
    }

    /// The problem type's last part, one per status: `urn:mintcache:problem:<slug>`.
    public var slug: StaticString {
        switch status {
        case 405: "method-not-allowed"
        case 408: "request-timeout"
        case 413: "content-too-large"
        case 414: "uri-too-long"
        case 417: "expectation-failed"
        case 431: "request-header-fields-too-large"
        case 500: "internal-error"
        case 501: "not-implemented"
        case 503: "overloaded"
        case 505: "http-version-not-supported"
        case _: "invalid-request"
        }
    }
}
