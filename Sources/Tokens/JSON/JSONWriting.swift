extension [UInt8] {
    /// Appends the UTF-8 bytes of a text as they are.
    public mutating func append(text: some StringProtocol) {
        append(contentsOf: text.utf8)
    }

    /// Appends a text as a JSON string, quoted and escaped.
    public mutating func append(jsonString text: some StringProtocol) {
        append(JSONByte.quote)
        for byte in text.utf8 {
            appendEscaped(byte)
        }
        append(JSONByte.quote)
    }

    /// Appends a text as a JSON string, or `null`.
    public mutating func append(jsonString text: String?) {
        if let text { append(jsonString: text[...]) } else { append(text: "null") }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case JSONByte.quote, JSONByte.backslash:
            append(JSONByte.backslash)
            append(byte)
        case 0x0A: append(text: "\\n")
        case 0x0D: append(text: "\\r")
        case 0x09: append(text: "\\t")
        case 0..<0x20, 0x7F:
            append(text: "\\u00")
            appendHex(CollectionOfOne(byte))
        default: append(byte)
        }
    }
}
