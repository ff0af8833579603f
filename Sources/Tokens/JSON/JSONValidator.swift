/// Checks that bytes are exactly one JSON text (RFC 8259) in UTF-8, in one pass and without recursion.
struct JSONValidator {
    private let bytes: [UInt8]
    private var position = 0
    /// The closing bytes still owed, innermost last.
    private var owed: [UInt8] = []

    /// What may come next.
    private enum Expectation {
        case value
        case firstElement
        case firstMember
        case member
        case separator
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The range of the value within the bytes.
    mutating func validate() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        guard position < bytes.count else { throw error(.empty) }
        let start = position
        var expectation = Expectation.value
        repeat {
            skipWhitespace()
            expectation = try step(expectation)
        } while !(owed.isEmpty && expectation == .separator)
        let end = position
        skipWhitespace()
        guard position == bytes.count else { throw error(.trailingBytes) }
        return start..<end
    }

    private mutating func step(_ expectation: Expectation) throws(JSONError) -> Expectation {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        let byte = bytes[position]
        switch expectation {
        case .firstElement where byte == JSONByte.closeBracket, .firstMember where byte == JSONByte.closeBrace:
            close()
            return .separator
        case .value, .firstElement:
            return try value(byte)
        case .firstMember, .member:
            return try key(byte)
        case .separator:
            return try separator(byte)
        }
    }

    private mutating func separator(_ byte: UInt8) throws(JSONError) -> Expectation {
        if byte == owed.last {
            close()
            return .separator
        }
        guard byte == JSONByte.comma else { throw error(.unexpectedByte(byte)) }
        position += 1
        return owed.last == JSONByte.closeBrace ? .member : .value
    }

    private mutating func value(_ byte: UInt8) throws(JSONError) -> Expectation {
        switch byte {
        case JSONByte.quote:
            try string()
        case JSONByte.openBrace:
            try open(JSONByte.closeBrace)
            return .firstMember
        case JSONByte.openBracket:
            try open(JSONByte.closeBracket)
            return .firstElement
        case JSONByte.minus, JSONByte.zero...JSONByte.nine:
            try number()
        case UInt8(ascii: "t"):
            try literal("true")
        case UInt8(ascii: "f"):
            try literal("false")
        case UInt8(ascii: "n"):
            try literal("null")
        default:
            throw error(.unexpectedByte(byte))
        }
        return .separator
    }

    private mutating func key(_ byte: UInt8) throws(JSONError) -> Expectation {
        guard byte == JSONByte.quote else { throw error(.unexpectedByte(byte)) }
        try string()
        skipWhitespace()
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        guard bytes[position] == JSONByte.colon else { throw error(.unexpectedByte(bytes[position])) }
        position += 1
        return .value
    }

    private mutating func open(_ closing: UInt8) throws(JSONError) {
        guard owed.count < JSONDocument.depthLimit else { throw error(.tooDeep) }
        owed.append(closing)
        position += 1
    }

    private mutating func close() {
        owed.removeLast()
        position += 1
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        for index in 0..<length {
            guard position + index < bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
            // Safe: the index stays below the static string's own length.
            guard bytes[position + index] == word.utf8Start[index] else {
                throw error(.unexpectedByte(bytes[position + index]), at: position + index)
            }
        }
        position += length
    }

    private mutating func number() throws(JSONError) {
        if bytes[position] == JSONByte.minus { position += 1 }
        if peek == JSONByte.zero {
            position += 1
            guard !isDigit(peek) else { throw error(.invalidNumber) }
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if let mark = peek, mark | 0x20 == UInt8(ascii: "e") {
            position += 1
            if let sign = peek, sign == UInt8(ascii: "+") || sign == JSONByte.minus { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit(peek) else { throw error(position < bytes.count ? .invalidNumber : .unexpectedEnd) }
        while isDigit(peek) { position += 1 }
    }

    private mutating func string() throws(JSONError) {
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case JSONByte.quote:
                position += 1
                return
            case JSONByte.backslash:
                try escape()
            case 0..<0x20:
                throw error(.controlCharacter(byte))
            case 0..<0x80:
                position += 1
            default:
                guard let length = utf8SequenceLength(in: bytes.span, at: position) else {
                    throw error(.invalidUTF8)
                }
                position += length
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escape() throws(JSONError) {
        guard position + 1 < bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
            for index in position + 2..<position + 6 where hexValue(bytes[index]) == nil {
                throw error(.invalidEscape)
            }
            position += 6
        default:
            throw error(.invalidEscape)
        }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, JSONByte.isWhitespace(bytes[position]) { position += 1 }
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte &- JSONByte.zero < 10
    }

    private func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: offset ?? position)
    }
}
