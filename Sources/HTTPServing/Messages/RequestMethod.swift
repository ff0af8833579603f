/// A request method (RFC 9110 section 9). Anything that is a token but not listed is `other`; its bytes are
/// in `RequestHead.methodBytes`. CONNECT and TRACE never get this far: the parser refuses them.
public enum RequestMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, other
}
