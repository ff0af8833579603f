/// Fields that are for the next hop alone (RFC 9110, section 7.6.1).
enum HopByHop {
    enum Message {
        case request, response
    }

    /// `fields` without those that a connection consumes and those that Connection names.
    static func stripped(_ fields: HeaderFields, of message: Message) -> HeaderFields {
        var dropped = always
        for option in ListMembers.of(lines: fields.values(of: "Connection")) {
            let name = String(decoding: option.lowercased, as: UTF8.self)
            if !isEndToEnd(name, in: message) { dropped.insert(name) }
        }
        return HeaderFields(fields.lines.filter { !dropped.contains($0.lowercaseName) })
    }

    /// Those of section 7.6.1, with the ones of old proxies and of RFC 9113, section 8.2.2. TE and Trailer go because
    /// trailers are not passed on (section 6.5.1); what proxies ask of one another goes because the client's talk with
    /// this proxy is no talk with the origin (sections 11.7.1 to 11.7.3).
    private static let always: Set<String> = [
        "connection", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Whether Connection must not name this field, because it is meant for every recipient.
    ///
    /// Section 7.6.1 forbids to name such a field. Obeyed all the same, a name there would take from a message what
    /// says whose it is, how long it lives or where it ends, and one client's answer could become another's.
    private static func isEndToEnd(_ name: String, in message: Message) -> Bool {
        if everywhere.contains(name) { return true }
        switch message {
        case .request: return ofRequests.contains(name)
        case .response: return ofResponses.contains(name)
        }
    }

    private static let everywhere: Set<String> = [
        "cache-control", "content-encoding", "content-language", "content-length", "content-location", "content-range",
        "content-type", "date", "pragma", "via",
    ]

    private static let ofRequests: Set<String> = [
        "accept", "accept-encoding", "accept-language", "authorization", "cookie", "expect", "forwarded", "host",
        "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin",
        "range", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    ]

    private static let ofResponses: Set<String> = [
        "age", "cache-status", "cdn-cache-control", "etag", "expires", "last-modified", "location",
        "mintcache-cache-control", "set-cookie", "vary", "www-authenticate",
    ]
}

extension FieldLine {
    /// The name in lower case.
    var lowercaseName: String { String(decoding: name.utf8.lowercased, as: UTF8.self) }

    /// The name in lower case with hyphens for underscores: as origins see it that hand fields on as variables
    /// (RFC 3875, section 4.1.18).
    public var foldedName: String { String(lowercaseName.map { $0 == "_" ? "-" : $0 }) }
}
