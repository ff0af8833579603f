/// A day and time of the Gregorian calendar in universal time, and its place on the time line.
struct CivilDate: Equatable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    var hour: Int
    var minute: Int
    /// 0 to 60: a leap second is the next minute's first.
    var second: Int

    static let secondsPerDay: Int64 = 86_400

    /// The last second that four digits of a year can name.
    static let lastSecond: Int64 = 253_402_300_799

    init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The date `seconds` after the start of 1970, held between the years 1970 and 9999.
    init(seconds: Int64) {
        let held = min(max(seconds, 0), Self.lastSecond)
        let (days, time) = held.quotientAndRemainder(dividingBy: Self.secondsPerDay)
        // Years are counted from March, so that the leap day is the last of its year; an era has 400 of them.
        let shifted = Int(days) + Self.daysFromEraToEpoch
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: Self.daysPerEra)
        let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = Int(time / 3_600)
        minute = Int(time % 3_600 / 60)
        second = Int(time % 60)
    }

    /// Seconds since the start of 1970, or nil when there is no such day or time.
    var seconds: Int64? {
        guard (1...12).contains(month), (1...daysInMonth).contains(day), (0...9_999).contains(year) else { return nil }
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
        let shiftedYear = (month <= 2 ? year - 1 : year) + 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days = shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear
        let daysSinceEpoch = Int64(days - Self.daysPerEra - Self.daysFromEraToEpoch)
        return daysSinceEpoch * Self.secondsPerDay + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// 0 for Monday to 6 for Sunday, of the day `seconds` after the start of 1970, a Thursday.
    static func weekday(seconds: Int64) -> Int {
        Int((min(max(seconds, 0), lastSecond) / secondsPerDay + 3) % 7)
    }

    private static let daysPerEra = 146_097
    /// From the first of March of the year 0 to the start of 1970.
    private static let daysFromEraToEpoch = 719_468

    private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private var daysInMonth: Int {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
