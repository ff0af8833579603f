/// Reads a field value from left to right and never past its end.
///
/// The bytes belong to the caller and are borrowed for the call that made the reader: nothing keeps or copies them.
struct FieldReader {
    // Safe: every access is checked against `bytes.count`, and no reader outlives the call its bytes were lent to.
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next byte, without moving.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Moves over `byte` when it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Moves over `text` when it is next, to the letter.
    mutating func take(_ text: StaticString) -> Bool {
        let letters = text.letters
        guard bytes.count - position >= letters.count else { return false }
        for offset in letters.indices where bytes[position + offset] != letters[offset] { return false }
        position += letters.count
        return true
    }

    /// Moves over optional white space (RFC 9110, section 5.6.3).
    mutating func skipWhiteSpace() {
        while let byte = next, byte == ASCII.space || byte == ASCII.tab { position += 1 }
    }

    /// Moves over bytes as long as `accepts` says so and returns where they are; the range may be empty.
    @inline(__always)
    mutating func run(while accepts: (UInt8) -> Bool) -> Range<Int> {
        let start = position
        var end = start
        while end < bytes.count, accepts(bytes[end]) { end += 1 }
        position = end
        return start..<end
    }

    /// Moves over a token (RFC 9110, section 5.6.2); the range is empty when none is next.
    mutating func token() -> Range<Int> { run { ASCII.isTokenByte($0) } }

    /// Moves over exactly `count` decimal digits and returns their value.
    mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for offset in 0..<count {
            guard let digit = ASCII.digit(bytes[position + offset]) else { return nil }
            value = value * 10 + digit
        }
        position += count
        return value
    }

    /// Moves over decimal digits, one or more, and returns their value, at most `limit`.
    mutating func number(limit: Int) -> Int? {
        let range = run { ASCII.digit($0) != nil }
        guard !range.isEmpty else { return nil }
        var value = 0
        for index in range {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(ASCII.digit(bytes[index]) ?? 0)
            guard !overflow, !carry, sum < limit else { return limit }
            value = sum
        }
        return value
    }

    /// Moves over a quoted string (RFC 9110, section 5.6.4) and returns what is between its quotes, escapes included.
    mutating func quotedString() -> Range<Int>? {
        guard take(ASCII.quote) else { return nil }
        let start = position
        while let byte = next {
            position += 1
            switch byte {
            case ASCII.quote: return start..<(position - 1)
            case ASCII.backslash:
                guard next != nil else { return nil }
                position += 1
            default: continue
            }
        }
        return nil
    }

    /// Moves to the next comma outside quotes, or to the end.
    mutating func skipListElement() {
        while let byte = next, byte != ASCII.comma {
            if byte == ASCII.quote {
                if quotedString() == nil { position = bytes.count }
            } else {
                position += 1
            }
        }
    }

    /// The bytes at `range`, which came from this reader.
    func bytes(at range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// Whether the bytes at `range` spell `lowercaseText`, whatever their case.
    func matches(_ range: Range<Int>, _ lowercaseText: StaticString) -> Bool {
        let letters = lowercaseText.letters
        guard range.count == letters.count else { return false }
        for offset in letters.indices
        where ASCII.lowercased(bytes[range.lowerBound + offset]) != letters[offset] { return false }
        return true
    }
}

extension StaticString {
    /// The bytes of a literal.
    var letters: UnsafeBufferPointer<UInt8> {
        // Safe: a string literal is stored in the program and lives as long as it does.
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
