extension ForwardedFields {
    /// The fields of a 1xx answer as they are passed on (RFC 9110, sections 7.6.1 and 15.2): without what was meant for
    /// this proxy.
    public static func interim(_ fields: HeaderFields) -> HeaderFields {
        HopByHop.stripped(fields, of: .response)
    }
}
