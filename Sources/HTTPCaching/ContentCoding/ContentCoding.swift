/// The codings an answer is kept in (RFC 9110, section 8.4.1).
public enum ContentCoding: UInt8, Sendable, Hashable, CaseIterable {
    case identity
    case gzip
    case brotli

    /// The name in `Accept-Encoding` and `Content-Encoding`.
    public var label: StaticString {
        switch self {
        case .identity: "identity"
        case .gzip: "gzip"
        case .brotli: "br"
        }
    }
}

/// A set of content codings.
public struct ContentCodingSet: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The set with `coding` alone.
    public init(_ coding: ContentCoding) { rawValue = 1 << coding.rawValue }

    public static let identity = Self(ContentCoding.identity)
    public static let gzip = Self(ContentCoding.gzip)
    public static let brotli = Self(ContentCoding.brotli)
}
