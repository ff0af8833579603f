/// A directive of a `Cache-Control` field: where its name stands and, when it has one, its argument.
struct Directive {
    let name: Range<Int>
    /// Without the quotes of a quoted string.
    let argument: Range<Int>?
}

extension FieldReader {
    /// Moves over the next directive (RFC 9111, section 5.2), or to the end when there is none.
    ///
    /// An element that is no directive is passed over: the others keep their meaning.
    mutating func directive() -> Directive? {
        while !isAtEnd {
            skipWhiteSpace()
            if take(ASCII.comma) { continue }
            let name = token()
            guard !name.isEmpty else {
                skipListElement()
                continue
            }
            var argument: Range<Int>?
            if take(ASCII.equals) { argument = next == ASCII.quote ? quotedString() : token() }
            skipWhiteSpace()
            guard isAtEnd || next == ASCII.comma else {
                skipListElement()
                continue
            }
            return Directive(name: name, argument: argument)
        }
        return nil
    }

    /// The value of a delta-seconds argument, at most 2^31 (RFC 9111, section 1.2.2); nil when it is none.
    func deltaSeconds(_ argument: Range<Int>?) -> Int? {
        guard let argument else { return nil }
        var reader = FieldReader(bytes(at: argument))
        guard let seconds = reader.number(limit: 1 << 31), reader.isAtEnd else { return nil }
        return seconds
    }
}
