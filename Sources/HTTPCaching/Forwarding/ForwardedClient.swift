/// Who sent a request, as the next server is told: in `Forwarded` (RFC 7239) and in the older `X-Forwarded-…`.
public struct ForwardedClient: Sendable, Hashable {
    /// The scheme the client used.
    public enum Scheme: String, Sendable, Hashable {
        case http, https
    }

    /// The address of the connection's other end without a port, such as `192.0.2.1` or `2001:db8::1`; nil when it has
    /// none, as on a local socket.
    public var address: String?
    /// Whether that end is a proxy of ours, whose word about clients counts.
    public var isTrusted: Bool
    public var scheme: Scheme
    /// The host and port that the request was for; nil when it named none.
    public var host: [UInt8]?
    /// Of the request, such as `1.1`.
    public var protocolVersion: String

    public init(address: String?, isTrusted: Bool, scheme: Scheme, host: [UInt8]?, protocolVersion: String) {
        self.address = address
        self.isTrusted = isTrusted
        self.scheme = scheme
        self.host = host
        self.protocolVersion = protocolVersion
    }

    /// Whether the field says where a request came from: what a stranger writes there is dropped.
    static func isClaim(_ name: String) -> Bool {
        let name = FieldLine(name, []).foldedName
        return name == "forwarded" || name == "x-real-ip" || name.hasPrefix("x-forwarded-")
    }

    /// Adds this hop after those that are told of already. What a trusted proxy said of the scheme and the host of the
    /// first request stays: those fields have no place for a second hop.
    func describe(in fields: inout HeaderFields) {
        // The two lists of hops must agree, or the origin believes whichever it looks at.
        if !fields.contains("Forwarded") { convertOlderHops(in: &fields) }
        ForwardedFields.append("X-Forwarded-For", Array((address ?? "unknown").utf8), to: &fields)
        if !fields.contains("X-Forwarded-Proto") { fields.append("X-Forwarded-Proto", scheme.rawValue) }
        if let host, !fields.contains("X-Forwarded-Host") { fields.lines.append(FieldLine("X-Forwarded-Host", host)) }
        ForwardedFields.append("Forwarded", element, to: &fields)
    }

    /// `for="[2001:db8::1]";host="example.com:8080";proto=https` (RFC 7239, sections 4 to 6).
    private var element: [UInt8] {
        var element = Self.node(Array((address ?? "unknown").utf8)[...])
        if let host { element += Array(";host=".utf8) + Self.quotedIfNeeded(host) }
        return element + Array(";proto=\(scheme.rawValue)".utf8)
    }

    /// Tells in `Forwarded` of the hops that only `X-Forwarded-For` tells of (RFC 7239, section 7.4).
    private func convertOlderHops(in fields: inout HeaderFields) {
        for hop in ListMembers.of(lines: fields.values(of: "X-Forwarded-For")) {
            ForwardedFields.append("Forwarded", Self.node(hop), to: &fields)
        }
    }

    /// `for=192.0.2.1`, `for="[2001:db8::1]"`. A port, which only IPv4 can have without brackets, stays.
    private static func node(_ address: ArraySlice<UInt8>) -> [UInt8] {
        let isBareIPv6 = address.first != ASCII.openBracket && address.count(where: { $0 == ASCII.colon }) > 1
        let node = isBareIPv6 ? [ASCII.openBracket] + address + [ASCII.closeBracket] : Array(address)
        return Array("for=".utf8) + quotedIfNeeded(node)
    }

    /// A token as it is, anything else as a quoted string (RFC 9110, section 5.6.4).
    private static func quotedIfNeeded(_ value: [UInt8]) -> [UInt8] {
        if !value.isEmpty, value.allSatisfy(ASCII.isTokenByte) { return value }
        var quoted = [ASCII.quote]
        for byte in value {
            if byte == ASCII.quote || byte == ASCII.backslash { quoted.append(ASCII.backslash) }
            quoted.append(byte)
        }
        return quoted + [ASCII.quote]
    }
}
