import EventLoops
import Glibc

/// The Date field (RFC 9110 section 6.6.1), written once per second.
struct DateField {
    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` and a line end.
    static let length = 37

    var text = InlineArray<37, UInt8>(repeating: 0)
    private var validUntil: UInt64 = 0

    /// Makes the text right for `now`: a comparison, but for the first call in each second.
    @inline(__always)
    mutating func refresh(at now: MonotonicTime) {
        if now.nanoseconds >= validUntil { write(at: now) }
    }

    private mutating func write(at now: MonotonicTime) {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        validUntil = now.nanoseconds + 1_000_000_000 - UInt64(wall.tv_nsec)
        set(secondsSince1970: Int(wall.tv_sec))
    }

    mutating func set(secondsSince1970 seconds: Int) {
        let days = seconds / 86_400
        let (year, month, day) = Self.date(days)
        let time = seconds % 86_400
        var position = 0
        func put(_ string: some Collection<UInt8>) {
            for octet in string {
                text[position] = octet
                position += 1
            }
        }
        func digits(_ number: Int, _ count: Int) -> [UInt8] {
            let text = Array(String(number).utf8)
            return [UInt8](repeating: ASCII.zero, count: count - text.count) + text
        }
        put("Date: ".utf8)
        put(Self.weekdays.utf8.dropFirst((days + 4) % 7 * 3).prefix(3))
        put(", ".utf8)
        put(digits(day, 2))
        put(" ".utf8)
        put(Self.months.utf8.dropFirst((month - 1) * 3).prefix(3))
        put(" ".utf8)
        put(digits(year, 4))
        for (separator, number) in [(" ", time / 3600), (":", time / 60 % 60), (":", time % 60)] {
            put(separator.utf8)
            put(digits(number, 2))
        }
        put(" GMT\r\n".utf8)
    }

    private static var weekdays: String { "SunMonTueWedThuFriSat" }
    private static var months: String { "JanFebMarAprMayJunJulAugSepOctNovDec" }

    /// The Gregorian date of a day number, counted from 1970-01-01. Years start in March here, so that the leap day is
    /// the last of its year and month lengths follow one line: 153 days in five months.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
