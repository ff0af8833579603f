/// Times as RFC 3339 writes them, with any fraction and any offset.
enum InternetTime {
    /// Milliseconds since 1970, what is finer cut off; `nil` for anything that is no such time.
    static func milliseconds(_ text: Substring) -> Int64? {
        var reader = Reader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T", or: "t"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2)
        else { return nil }
        guard (1...12).contains(month), (1...days(in: month, of: year)).contains(day) else { return nil }
        // A leap second is the next minute's first.
        guard hour <= 23, minute <= 59, second <= 60 else { return nil }
        guard let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        return (daysSince1970(year, month, day) * 86_400 + time) * 1000 + fraction
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Reckoned in years that begin in March, so that the leap day comes last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // A whole cycle of 400 years on top keeps January of year 0 from becoming negative.
        let year = (month <= 2 ? year - 1 : year) + 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 146_097 - 719_468
    }

    private struct Reader {
        private var rest: Substring.UTF8View.SubSequence

        init(_ text: Substring) {
            rest = text.utf8[...]
        }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ character: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
            guard let byte = rest.first, [character, other].contains(Unicode.Scalar(byte)) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func number(_ digits: Int) -> Int64? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy(MessageGrammar.isDigit) else { return nil }
            rest = rest.dropFirst(digits)
            return field.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// In milliseconds; 0 where there is none.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            let digits = rest.prefix(while: MessageGrammar.isDigit)
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            return (0..<3).reduce(0) { value, position in
                value * 10 + Int64(digits.dropFirst(position).first.map { $0 - 0x30 } ?? 0)
            }
        }

        /// Seconds ahead of universal time.
        mutating func offset() -> Int64? {
            if take("Z", or: "z") { return 0 }
            let isAhead = take("+")
            guard isAhead || take("-"), let hours = number(2), take(":"), let minutes = number(2) else { return nil }
            guard hours <= 23, minutes <= 59 else { return nil }
            return (isAhead ? 1 : -1) * (hours * 3600 + minutes * 60)
        }
    }
}
