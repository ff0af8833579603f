/// How the body of a request is delimited (RFC 9112 section 6.3). Ambiguous framing never parses.
public enum BodyFraming: Equatable, Sendable {
    case none
    /// Exactly this many octets follow, at least one.
    case length(Int)
    case chunked
}
