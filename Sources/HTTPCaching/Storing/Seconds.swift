/// Times in seconds as caching counts them.
enum Seconds {
    /// The greatest age or lifetime (RFC 9111, section 1.2.2): larger ones count as this.
    static let limit: Int64 = 1 << 31

    /// `seconds` held between 0 and ``limit``.
    static func held(_ seconds: Int64) -> Int64 { min(max(0, seconds), limit) }

    /// Whole seconds from one time to a later one, both in milliseconds since 1970; 0 when it is not later.
    static func between(_ earlier: Int64, _ later: Int64) -> Int64 {
        guard later > earlier else { return 0 }
        let (difference, overflow) = later.subtractingReportingOverflow(earlier)
        return overflow ? limit : held(difference / 1_000)
    }

    /// `seconds` after a time in milliseconds since 1970.
    static func after(_ time: Int64, _ seconds: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(min(max(seconds, -4 * limit), 4 * limit) * 1_000)
        return overflow ? (seconds < 0 ? .min : .max) : sum
    }
}

extension HeaderFields {
    /// A field that is a date, in seconds since 1970; nil when it is absent or no date.
    ///
    /// - Parameter now: seconds since 1970, for the century of a two-digit year.
    func date(_ name: String, now: Int64) -> Int64? {
        self[name]?.withUnsafeBytes { HTTPDate.seconds(parsing: $0, now: now) }
    }
}

extension ReceivedResponse {
    /// ``responseTime`` in seconds since 1970.
    var arrival: Int64 { responseTime / 1_000 }

    /// When the response was made, in seconds since 1970: its Date, or when it came where that is absent or unreadable
    /// (RFC 9110, section 6.6.1).
    var date: Int64 { fields.date("date", now: arrival) ?? arrival }
}
