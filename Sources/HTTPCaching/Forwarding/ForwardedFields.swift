/// The fields of messages on their way through (RFC 9110, section 7.6).
///
/// Every decision about a message must be made on its fields as they come out of here: a field that the next server
/// never saw must not choose, key or allow an answer.
public enum ForwardedFields {
    /// The name of this proxy in `Via`.
    public static let pseudonym = "mintcache"

    /// A request's fields as the next server gets them. Host stays as it came: whom to ask is the caller's to say.
    ///
    /// - Parameters:
    ///   - fields: as the client sent them.
    ///   - client: who sent the request, and for what.
    public static func request(_ fields: HeaderFields, from client: ForwardedClient) -> HeaderFields {
        var result = HopByHop.stripped(fields, of: .request)
        if !client.isTrusted { result.lines.removeAll { ForwardedClient.isClaim($0.name) } }
        ListFields.join(&result)
        addVia(&result, protocolVersion: client.protocolVersion)
        client.describe(in: &result)
        return result
    }

    /// A response's fields as they are stored and as the client gets them.
    ///
    /// - Parameters:
    ///   - fields: as the next server sent them.
    ///   - protocolVersion: of the response, such as `1.1`.
    ///   - now: when the response came, in seconds since 1970; it is the Date of a response that has none (RFC 9110,
    ///     section 6.6.1).
    public static func response(_ fields: HeaderFields, protocolVersion: String, now: Int64) -> HeaderFields {
        var result = HopByHop.stripped(fields, of: .response)
        ListFields.join(&result)
        addVia(&result, protocolVersion: protocolVersion)
        if !result.contains("Date") { result.append("Date", HTTPDate.text(now)) }
        return result
    }

    /// RFC 9110, section 7.6.3.
    private static func addVia(_ fields: inout HeaderFields, protocolVersion: String) {
        append("Via", Array("\(protocolVersion) \(pseudonym)".utf8), to: &fields)
    }

    /// Adds a member to the list that a field is, as its last, on one line.
    static func append(_ name: String, _ member: [UInt8], to fields: inout HeaderFields) {
        let present = fields.combined(name) ?? []
        fields.set(name, present.isEmpty ? member : present + [ASCII.comma, ASCII.space] + member)
    }
}
