/// The English names of days and months that dates on the wire are written with (RFC 9110, section 5.6.7).
enum CalendarNames {
    /// Three letters for each month from January.
    static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    /// Three letters for each day from Monday.
    static let days: StaticString = "MonTueWedThuFriSatSun"

    /// The full name of a day, 0 for Monday.
    static func fullDay(_ index: Int) -> StaticString {
        switch index {
        case 0: "Monday"
        case 1: "Tuesday"
        case 2: "Wednesday"
        case 3: "Thursday"
        case 4: "Friday"
        case 5: "Saturday"
        default: "Sunday"
        }
    }
}

extension FieldReader {
    /// Moves over `text` when it is next, whatever the case of its letters.
    mutating func takeName(_ text: StaticString) -> Bool { takeName(text.letters[...]) }

    /// Moves over one of the three-letter names in `table` and returns its index.
    mutating func name(in table: StaticString) -> Int? {
        let letters = table.letters
        return (0..<(letters.count / 3)).first { takeName(letters[($0 * 3)..<($0 * 3 + 3)]) }
    }

    private mutating func takeName(_ letters: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var attempt = self
        for letter in letters {
            guard let byte = attempt.next, ASCII.lowercased(byte) == ASCII.lowercased(letter) else { return false }
            guard attempt.take(byte) else { return false }
        }
        self = attempt
        return true
    }

    /// Moves over the full name of a day.
    mutating func takeFullDay() -> Bool {
        (0..<7).contains { takeName(CalendarNames.fullDay($0)) }
    }
}

extension FieldWriter {
    /// Appends the three-letter name at `index` of `table`.
    mutating func append(nameAt index: Int, in table: StaticString) {
        let letters = table.letters
        for offset in 0..<3 { append(letters[index * 3 + offset]) }
    }
}
