/// `Max-Forwards` (RFC 9110, section 7.6.2).
public enum MaxForwards: Sendable, Hashable {
    /// Send the request on; its fields say how often it may still be.
    case forward
    /// Answer the request here: it may go no further.
    case answer

    /// Counts one hop in the fields of a request.
    ///
    /// The field counts for TRACE and OPTIONS alone; what is no number is passed on as it is.
    public static func count(method: String, in fields: inout HeaderFields) -> MaxForwards {
        guard method == "TRACE" || method == "OPTIONS", let value = fields["Max-Forwards"], !value.isEmpty else {
            return .forward
        }
        guard value.allSatisfy({ ASCII.digit($0) != nil }) else { return .forward }
        let hops = value.withUnsafeBytes { bytes in
            var reader = FieldReader(bytes)
            return reader.number(limit: 1 << 31) ?? 0
        }
        guard hops > 0 else { return .answer }
        fields.set("Max-Forwards", Array(String(hops - 1).utf8))
        return .forward
    }
}
