/// Points in time as RFC 3339 writes them.
enum Timestamp {
    private static let secondsPerDay: Int64 = 86_400
    /// The last second of year 9999, beyond which the format ends.
    private static let lastSecond: Int64 = 253_402_300_799

    /// Appends a time in UTC with seconds, such as `2026-01-02T03:04:05Z`; times outside the years 1970 … 9999 become
    /// the nearest in them.
    static func append(milliseconds: Int64, to output: inout [UInt8]) {
        let seconds = min(max(milliseconds / 1000, 0), lastSecond)
        let (year, month, day) = date(days: seconds / secondsPerDay)
        let second = seconds % secondsPerDay
        append(year, digits: 4, to: &output)
        for (mark, value) in [
            ("-", month), ("-", day), ("T", second / 3600), (":", second / 60 % 60), (":", second % 60),
        ] {
            output.append(text: mark)
            append(value, digits: 2, to: &output)
        }
        output.append(text: "Z")
    }

    /// The Gregorian date of a number of days since 1970, reckoned in years that begin in March so that the day of
    /// the leap year comes last.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func append(_ value: Int64, digits: Int, to output: inout [UInt8]) {
        let text = String(value)
        output.append(contentsOf: repeatElement(JSONByte.zero, count: max(0, digits - text.utf8.count)))
        output.append(text: text)
    }
}
