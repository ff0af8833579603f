import UpstreamFetching

/// The upstream of a route: where it is, and what its paths begin with.
public struct RouteUpstream: Sendable, Hashable {
    /// `http` or `https`.
    public let scheme: String
    /// A name, or a numeric address without brackets.
    public let host: String
    public let port: UInt16
    /// The path as it was given, never empty. May hold a secret, such as an API key.
    let path: [UInt8]

    /// Reads an `http` or `https` URL without user information, query and fragment; `nil` for anything else.
    public init?(_ text: String) {
        guard !text.contains("?"), !text.contains("#"), let url = try? UpstreamURL(parsing: text) else { return nil }
        scheme = url.scheme.rawValue
        host = url.host
        port = url.port
        let authority = url.text.dropFirst(scheme.count + "://".count)
        let path = authority.firstIndex(of: "/").map { Array(authority[$0...].utf8) } ?? []
        self.path = path.isEmpty ? [UInt8(ascii: "/")] : path
    }

    /// What the `Host` field says: the port only where it is not the scheme's own (RFC 9110, section 4.2.3).
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// Scheme and authority.
    public var origin: String { "\(scheme)://\(authority)" }

    /// The URL with anything beyond the origin hidden.
    var masked: String { path.count > 1 ? "\(origin)/********" : "\(origin)/" }
}
