/// A request method (RFC 9110 section 9). Anything that is a token but not listed is `other`; its bytes are
/// in `RequestHead.methodBytes`. CONNECT never gets this far: the parser refuses it.
public enum RequestMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, other
}
