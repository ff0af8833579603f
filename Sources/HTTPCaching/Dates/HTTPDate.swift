/// Dates as HTTP writes them (RFC 9110, section 5.6.7).
public enum HTTPDate {
    /// The length of a date in the one format that is sent, in bytes.
    public static let length = 29

    /// Reads a date in any of the three formats that recipients must know, and in no other.
    ///
    /// Blanks and digits must be exactly as the grammar has them, names in any case (RFC 9111, section 4.2), the zone
    /// must be GMT, and the day must exist in the calendar. The name of the day is not compared with the date.
    ///
    /// - Parameters:
    ///   - text: the field value without white space around it; borrowed for the call.
    ///   - now: seconds since 1970, to settle the century of a two-digit year.
    /// - Returns: seconds since 1970, or nil when the text is no such date.
    public static func seconds(parsing text: UnsafeRawBufferPointer, now: Int64) -> Int64? {
        let reader = FieldReader(text)
        return fixed(reader) ?? asctime(reader) ?? obsolete(reader, now: now)
    }

    /// Writes the date `seconds` after the start of 1970, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// Times before 1970 or after 9999 are written as the nearest time between.
    ///
    /// - Parameter buffer: at least ``length`` bytes, of which that many are written.
    public static func write(_ seconds: Int64, into buffer: UnsafeMutableRawBufferPointer) {
        let date = CivilDate(seconds: seconds)
        var writer = FieldWriter(buffer, atMost: length)
        writer.append(nameAt: CivilDate.weekday(seconds: seconds), in: CalendarNames.days)
        writer.append(", ")
        writer.append(UInt64(date.day), width: 2)
        writer.append(ASCII.space)
        writer.append(nameAt: date.month - 1, in: CalendarNames.months)
        writer.append(ASCII.space)
        writer.append(UInt64(date.year), width: 4)
        writer.append(ASCII.space)
        writer.append(timeOf: date)
        writer.append(" GMT")
    }

    /// The date `seconds` after the start of 1970 as text; for places where an allocation does not matter.
    public static func text(_ seconds: Int64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            write(seconds, into: UnsafeMutableRawBufferPointer(buffer))
            return length
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func fixed(_ text: FieldReader) -> Int64? {
        var reader = text
        guard reader.name(in: CalendarNames.days) != nil, reader.take(", "),
            let day = reader.digits(2), reader.take(ASCII.space),
            let month = reader.name(in: CalendarNames.months), reader.take(ASCII.space),
            let year = reader.digits(4), reader.take(ASCII.space),
            let time = reader.timeOfDay(), reader.takeName(" GMT"), reader.isAtEnd
        else { return nil }
        return time.on(day: day, month: month + 1, year: year).seconds
    }

    /// `Sun Nov  6 08:49:37 1994`
    private static func asctime(_ text: FieldReader) -> Int64? {
        var reader = text
        guard reader.name(in: CalendarNames.days) != nil, reader.take(ASCII.space),
            let month = reader.name(in: CalendarNames.months), reader.take(ASCII.space),
            let day = reader.take(ASCII.space) ? reader.digits(1) : reader.digits(2), reader.take(ASCII.space),
            let time = reader.timeOfDay(), reader.take(ASCII.space),
            let year = reader.digits(4), reader.isAtEnd
        else { return nil }
        return time.on(day: day, month: month + 1, year: year).seconds
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    private static func obsolete(_ text: FieldReader, now: Int64) -> Int64? {
        var reader = text
        guard reader.takeFullDay(), reader.take(", "),
            let day = reader.digits(2), reader.take(ASCII.hyphen),
            let month = reader.name(in: CalendarNames.months), reader.take(ASCII.hyphen),
            let shortYear = reader.digits(2), reader.take(ASCII.space),
            let time = reader.timeOfDay(), reader.takeName(" GMT"), reader.isAtEnd
        else { return nil }
        // A date that would lie more than fifty years ahead is of the latest such year behind.
        let thisYear = CivilDate(seconds: now).year
        var year = thisYear - thisYear % 100 + shortYear
        if year > thisYear + 50 { year -= 100 }
        return time.on(day: day, month: month + 1, year: year).seconds
    }
}

/// The hours, minutes and seconds of a date being read.
private struct TimeOfDay {
    let hour: Int
    let minute: Int
    let second: Int

    func on(day: Int, month: Int, year: Int) -> CivilDate {
        CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }
}

extension FieldReader {
    /// Moves over `08:49:37`.
    fileprivate mutating func timeOfDay() -> TimeOfDay? {
        guard let hour = digits(2), take(":"), let minute = digits(2), take(":"), let second = digits(2) else {
            return nil
        }
        return TimeOfDay(hour: hour, minute: minute, second: second)
    }
}

extension FieldWriter {
    /// Appends `08:49:37`.
    mutating func append(timeOf date: CivilDate) {
        append(UInt64(date.hour), width: 2)
        append(":")
        append(UInt64(date.minute), width: 2)
        append(":")
        append(UInt64(date.second), width: 2)
    }
}
