/// A directive of a `Cache-Control` field: where its name stands and its argument.
struct Directive {
    /// What follows a directive's name.
    enum Argument: Equatable {
        case none
        /// A token, which may be empty, or a quoted string without its quotes.
        case value(Range<Int>)
        /// Something that is neither, up to the next comma.
        case malformed
        /// A quoted string that does not end, and hides all that follows.
        case endless
    }

    let name: Range<Int>
    let argument: Argument
}

extension FieldReader {
    /// Moves over the next directive (RFC 9111, section 5.2), or to the end when there is none.
    ///
    /// An element that does not begin with a name is passed over: the others keep their meaning.
    mutating func directive() -> Directive? {
        while !isAtEnd {
            skipWhiteSpace()
            if take(ASCII.comma) { continue }
            let name = token()
            guard !name.isEmpty else {
                skipListElement()
                continue
            }
            return Directive(name: name, argument: directiveArgument())
        }
        return nil
    }

    /// Moves over what follows a directive's name, up to the comma behind it.
    private mutating func directiveArgument() -> Directive.Argument {
        var argument = Directive.Argument.none
        if take(ASCII.equals) {
            if next == ASCII.quote {
                guard let string = quotedString() else { return .endless }
                argument = .value(string)
            } else {
                argument = .value(token())
            }
        }
        skipWhiteSpace()
        if isAtEnd || next == ASCII.comma { return argument }
        skipListElement()
        return .malformed
    }

    /// The value of a delta-seconds argument, at most 2^31 (RFC 9111, section 1.2.2); nil when it is none.
    func deltaSeconds(_ argument: Directive.Argument) -> Int? {
        guard case .value(let range) = argument else { return nil }
        var reader = FieldReader(bytes(at: range))
        guard let seconds = reader.number(limit: 1 << 31), reader.isAtEnd else { return nil }
        return seconds
    }
}
