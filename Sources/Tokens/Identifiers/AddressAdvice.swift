/// Says what is wrong with a text that is not an address, to the person who wrote it.
enum AddressAdvice {
    private static let form = "a contract address is 0x and 40 hexadecimal digits"

    static func error(for text: Span<UInt8>) -> IdentifierError {
        .invalidContract(detail: detail(for: text))
    }

    private static func detail(for text: Span<UInt8>) -> String {
        guard !text.isEmpty else { return "the contract address is empty; \(form)" }
        if isName(text) { return "this is a name; look up its address first and ask by that: \(form)" }
        let isPrefixed = text.count >= 2 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x")
        guard isPrefixed else { return "the prefix 0x is missing; \(form)" }
        guard text[1] == UInt8(ascii: "x") else { return "the prefix is 0x with a lower-case x; \(form)" }
        for index in 2..<text.count where hexValue(text[index]) == nil {
            return "\(describe(text[index])) is not a hexadecimal digit; \(form)"
        }
        let digits = text.count - 2
        let hint = digits == 64 ? ", and not a 32-byte word or hash" : ""
        return "\(form), not \(digits)\(hint)"
    }

    /// Whether a text is a name of ENS or of DNS: it has a dot between other characters.
    private static func isName(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] == UInt8(ascii: ".") { return index > 0 && index < text.count - 1 }
        return false
    }
}
