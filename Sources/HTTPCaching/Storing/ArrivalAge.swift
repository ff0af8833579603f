/// The age that a response has when it comes (RFC 9111, section 4.2.3), in seconds up to 2^31.
struct ArrivalAge: Sendable, Hashable {
    /// `age_value`: what Age says.
    let stated: Int64
    /// `apparent_age`: what Date says. A Date in the future says nothing: our clock or theirs is wrong.
    let apparent: Int64
    /// `response_delay`: what may have passed since Age was true.
    let delay: Int64

    init(_ response: ReceivedResponse) {
        stated = Self.statedAge(response.fields)
        apparent = Seconds.held(response.arrival - response.date)
        delay = Seconds.between(response.requestTime, response.responseTime)
    }

    /// `corrected_initial_age`.
    var corrected: Int64 { Seconds.held(max(apparent, stated + delay)) }

    /// Section 5.1: of a list the first member; what is not a run of digits is ignored.
    private static func statedAge(_ fields: HeaderFields) -> Int64 {
        guard let value = fields["age"] else { return 0 }
        return value.withUnsafeBytes { bytes in
            var reader = FieldReader(bytes)
            reader.skipWhiteSpace()
            guard let seconds = reader.number(limit: Int(Seconds.limit)) else { return 0 }
            reader.skipWhiteSpace()
            return reader.isAtEnd || reader.next == ASCII.comma ? Int64(seconds) : 0
        }
    }
}
