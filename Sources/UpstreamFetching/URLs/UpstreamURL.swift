import EventLoops

/// An `http` or `https` URL in one normal form: ASCII host in lower case, numeric hosts in their usual spelling, no
/// user information, no fragment.
public struct UpstreamURL: Sendable, Hashable {
    public enum Scheme: String, Sendable, Hashable {
        case http, https
    }

    static let maximumBytes = 16 * 1024
    /// Each pass undoes one layer (percent escapes, international spelling); no honest URL has more than two.
    private static let maximumPasses = 4

    /// The whole URL, as it is sent. May hold a query: not for logs.
    public let text: String
    public let scheme: Scheme
    /// A name, or a numeric address without brackets.
    public let host: String
    public let port: UInt16

    /// Throws ``FetchFailure/Kind/refusedURL`` for anything that is not a plain web URL.
    public init(parsing text: String) throws(FetchFailure) {
        guard let handle = URLHandle() else { throw Self.refusal("out of memory") }
        try self.init(parsing: text, with: handle)
    }

    /// The URL that a `Location` field of this one's answer means (RFC 9110 section 10.2.2).
    func resolving(_ location: String) throws(FetchFailure) -> UpstreamURL {
        guard let handle = URLHandle() else { throw Self.refusal("out of memory") }
        if let fault = handle.parse(text) { throw Self.refusal(fault) }
        return try UpstreamURL(parsing: location, with: handle)
    }

    private init(parsing text: String, with handle: borrowing URLHandle) throws(FetchFailure) {
        var text = text
        for _ in 0..<Self.maximumPasses {
            guard text.utf8.count <= Self.maximumBytes else { throw Self.refusal("the URL is too long") }
            guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw Self.refusal("the URL has control characters")
            }
            if let fault = handle.parse(text) { throw Self.refusal(fault) }
            let normal = try Self.normalize(handle)
            if normal == text, let url = UpstreamURL(normal, handle) {
                self = url
                return
            }
            text = normal
        }
        throw Self.refusal("the host is not a plain name or address")
    }

    /// One pass of normalization; a URL in normal form comes back unchanged.
    private static func normalize(_ handle: borrowing URLHandle) throws(FetchFailure) -> String {
        guard let scheme = handle.get(.scheme), Scheme(rawValue: scheme.lowercased()) != nil else {
            throw refusal("only http and https are fetched")
        }
        guard handle.get(.user) == nil, handle.get(.password) == nil else {
            throw refusal("the URL has user information")
        }
        guard handle.get(.zone) == nil else { throw refusal("the address has a zone") }
        guard var host = handle.get(.host)?.lowercased(), !host.isEmpty else { throw refusal("the URL has no host") }
        if host.hasSuffix(".") { host.removeLast() }
        guard !host.contains("%") else { throw refusal("the host is not a plain name or address") }
        guard handle.set(.host, host), handle.set(.fragment, nil), let normal = handle.get(.url) else {
            throw refusal("the URL cannot be normalized")
        }
        return normal
    }

    /// `nil` when the host is no plain name or address.
    private init?(_ text: String, _ handle: borrowing URLHandle) {
        guard let scheme = handle.get(.scheme).flatMap(Scheme.init(rawValue:)), var host = handle.get(.host),
            let port = handle.get(.port).flatMap(UInt16.init), port > 0
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard let literal = SocketAddress(numericHost: host, port: port), literal.family == .ipv6 else {
                return nil
            }
            host = literal.numericHost
        }
        guard Self.isPlainHost(host) else { return nil }
        self.text = text
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Letters, digits, `.`, `-`, `_`, or an IPv6 address: nothing that has a meaning in libcurl's pinning syntax.
    static func isPlainHost(_ host: String) -> Bool {
        if host.contains(":") { return SocketAddress(numericHost: host, port: 0) != nil }
        guard let first = host.utf8.first, host.utf8.count <= 253, first != UInt8(ascii: "-") else { return false }
        return host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            case _: false
            }
        }
    }

    private static func refusal(_ detail: String) -> FetchFailure {
        FetchFailure(.refusedURL, "", detail)
    }

    var isIPv6: Bool { host.contains(":") }

    /// `host:port`, safe for logs.
    public var authority: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// RFC 6454: same scheme, host and port.
    func hasSameOrigin(as other: UpstreamURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }
}
