/// Request fields that the server finds by index instead of by name.
///
/// The raw values index `HeadIndex.positions`; `count` is its size.
public enum KnownField: UInt8, Sendable, CaseIterable {
    case host, connection, contentLength, transferEncoding, expect, te, upgrade
    case accept, acceptEncoding, acceptLanguage
    case ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange, range
    case cacheControl, pragma, prefer, authorization, cookie, origin, referer, userAgent
    case contentType, contentEncoding
    case requestID, forwarded, forwardedFor, forwardedHost, forwardedProto, via, traceParent, lastEventID
    case accessControlRequestMethod, accessControlRequestHeaders

    /// The number of known fields.
    static let count = 36

    /// The field's name in lower case.
    @inline(__always)
    public var name: StaticString {
        switch self {
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .expect: "expect"
        case .te: "te"
        case .upgrade: "upgrade"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .ifMatch: "if-match"
        case .ifNoneMatch: "if-none-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .ifRange: "if-range"
        case .range: "range"
        case .cacheControl: "cache-control"
        case .pragma: "pragma"
        case .prefer: "prefer"
        case .authorization: "authorization"
        case .cookie: "cookie"
        case .origin: "origin"
        case .referer: "referer"
        case .userAgent: "user-agent"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .requestID: "x-request-id"
        case .forwarded: "forwarded"
        case .forwardedFor: "x-forwarded-for"
        case .forwardedHost: "x-forwarded-host"
        case .forwardedProto: "x-forwarded-proto"
        case .via: "via"
        case .traceParent: "traceparent"
        case .lastEventID: "last-event-id"
        case .accessControlRequestMethod: "access-control-request-method"
        case .accessControlRequestHeaders: "access-control-request-headers"
        }
    }
}
