/// The members of list-based field values (RFC 9110, section 5.6.1).
enum ListMembers {
    /// What stands between the commas of `value` that no quoted string holds, without white space around it. Empty
    /// members do not count.
    static func of(_ value: [UInt8]) -> [ArraySlice<UInt8>] {
        split(value[...], at: ASCII.comma).map(trimmed).filter { !$0.isEmpty }
    }

    /// The members of all lines, in their order.
    static func of(lines: [[UInt8]]) -> [ArraySlice<UInt8>] { lines.flatMap(of) }

    /// The pieces between the `separator`s of `value` that no quoted string holds.
    static func split(_ value: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = value.startIndex
        var isQuoted = false
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            if isQuoted, byte == ASCII.backslash {
                index += 1
            } else if byte == ASCII.quote {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                pieces.append(value[start..<index])
                start = index + 1
            }
            index += 1
        }
        pieces.append(value[start...])
        return pieces
    }

    /// Whether every quoted string in `member` has its end.
    static func closesItsQuotes(_ member: ArraySlice<UInt8>) -> Bool {
        var isQuoted = false
        var isEscaped = false
        for byte in member {
            if isEscaped {
                isEscaped = false
            } else if byte == ASCII.quote {
                isQuoted.toggle()
            } else if isQuoted, byte == ASCII.backslash {
                isEscaped = true
            }
        }
        return !isQuoted
    }

    /// `bytes` without blanks and tabs at either end.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let byte = rest.first, byte == ASCII.space || byte == ASCII.tab { rest.removeFirst() }
        while let byte = rest.last, byte == ASCII.space || byte == ASCII.tab { rest.removeLast() }
        return rest
    }
}

extension Sequence<UInt8> {
    /// The bytes with ASCII letters in lower case.
    var lowercased: [UInt8] { map(ASCII.lowercased) }
}
