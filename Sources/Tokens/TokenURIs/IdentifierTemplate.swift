/// The placeholders that stand for a token's number in a URI.
enum IdentifierTemplate {
    /// Replaces every `{id}`, percent-encoded or not, by 64 hexadecimal digits (ERC-1155), and `$TOKEN_ID` by the
    /// decimal number.
    static func fill(_ uri: [UInt8], with token: TokenIdentifier?) -> [UInt8] {
        guard let token, uri.contains(where: { $0 == JSONByte.openBrace || $0 == 0x25 || $0 == 0x24 }) else {
            return uri
        }
        var output: [UInt8] = []
        var rest = uri[...]
        while let byte = rest.first {
            if hasPrefix(rest, "{id}") {
                token.value.appendPaddedHex(to: &output)
                rest = rest.dropFirst(4)
            } else if hasPrefix(rest, "%7bid%7d") {
                token.value.appendPaddedHex(to: &output)
                rest = rest.dropFirst(8)
            } else if rest.starts(with: "$TOKEN_ID".utf8) {
                token.value.appendDecimal(to: &output)
                rest = rest.dropFirst(9)
            } else {
                output.append(byte)
                rest = rest.dropFirst()
            }
        }
        return output
    }
}
