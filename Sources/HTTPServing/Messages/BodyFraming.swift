/// How the body of a request is delimited (RFC 9112 section 6.3). Ambiguous framing never parses.
public enum BodyFraming: Equatable, Sendable {
    /// No content: without Content-Length, or with one of 0.
    case none
    /// Exactly this many octets follow, at least one.
    case length(Int)
    case chunked

    /// Octets of content as the head announces them; `nil` when only the end will tell.
    public var contentLength: Int? {
        switch self {
        case .none: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}
