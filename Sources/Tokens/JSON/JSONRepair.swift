/// Reads documents that break RFC 8259 in ways that leave no doubt about what they mean.
///
/// These are a byte order mark at the beginning, a comma before a closing bracket, and control characters inside
/// strings that were not escaped. Everything else is left to fail.
enum JSONRepair {
    /// The document, strictly valid or after repair; `isVerbatim` says which.
    static func document(from bytes: [UInt8]) throws(JSONError) -> (document: JSONDocument, isVerbatim: Bool) {
        let failure: JSONError
        do {
            return (try JSONDocument(validating: bytes), true)
        } catch {
            failure = error
        }
        // A repair that does not lead to a valid text is not one: the first failure tells more.
        guard let document = try? JSONDocument(validating: repaired(bytes)) else { throw failure }
        return (document, false)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var isInString = false
        var isEscaped = false
        for byte in text {
            if isInString {
                if isEscaped { output.append(byte) } else { appendStringByte(byte, to: &output) }
                isInString = isEscaped || byte != JSONByte.quote
                isEscaped = !isEscaped && byte == JSONByte.backslash
                continue
            }
            if byte == JSONByte.closeBrace || byte == JSONByte.closeBracket { dropTrailingComma(from: &output) }
            isInString = byte == JSONByte.quote
            output.append(byte)
        }
        return output
    }

    private static func appendStringByte(_ byte: UInt8, to output: inout [UInt8]) {
        if byte < 0x20 {
            output.append(text: "\\u00")
            output.appendHex(CollectionOfOne(byte))
        } else {
            output.append(byte)
        }
    }

    /// Removes the last comma when only white space follows it; that of an otherwise empty container stays, and
    /// fails as it should.
    private static func dropTrailingComma(from output: inout [UInt8]) {
        var index = output.count - 1
        while index >= 0, JSONByte.isWhitespace(output[index]) { index -= 1 }
        guard index > 0, output[index] == JSONByte.comma else { return }
        var before = index - 1
        while before > 0, JSONByte.isWhitespace(output[before]) { before -= 1 }
        switch output[before] {
        case JSONByte.comma, JSONByte.openBrace, JSONByte.openBracket, JSONByte.colon: return
        default: output.remove(at: index)
        }
    }
}
