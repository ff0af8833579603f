/// The ways in which hosts write a token's number where a URI has `{id}`, in the order in which they are worth trying.
public enum IdentifierForm: Hashable, Sendable, CaseIterable {
    /// 64 lower-case hexadecimal digits, as ERC-1155 demands.
    case paddedHex
    /// Decimal digits.
    case decimal
    /// Hexadecimal digits without leading zeros.
    case hex
    /// The same after `0x`.
    case prefixedHex

    func append(_ token: TokenIdentifier, to output: inout [UInt8]) {
        switch self {
        case .paddedHex:
            token.value.appendPaddedHex(to: &output)
        case .decimal:
            token.value.appendDecimal(to: &output)
        case .hex:
            token.value.appendHex(to: &output)
        case .prefixedHex:
            output += "0x".utf8
            token.value.appendHex(to: &output)
        }
    }
}

/// The placeholders that stand for a token's number, or for a language, in a URI.
enum IdentifierTemplate {
    /// The language that `{locale}` becomes: the one that every localised document has (ERC-1155, localization).
    private static let locale = "en"

    private enum Placeholder {
        case identifier
        case decimal
        case locale
    }

    /// The spellings in lower case. `$TOKEN_ID` is that of SIP-016 and always decimal.
    private static let spellings: [(StaticString, Placeholder)] = [
        ("{id}", .identifier), ("%7bid%7d", .identifier), ("$token_id", .decimal), ("{locale}", .locale),
        ("%7blocale%7d", .locale),
    ]

    /// Whether a URI has a placeholder that hosts may want filled in one form or another.
    static func hasIdentifier(in uri: ArraySlice<UInt8>) -> Bool {
        uri.indices.contains { index in
            guard let (placeholder, _) = placeholder(at: uri[index...]) else { return false }
            return placeholder == .identifier
        }
    }

    /// Replaces every placeholder, percent-encoded or not.
    static func fill(_ uri: [UInt8], with token: TokenIdentifier?, as form: IdentifierForm) -> [UInt8] {
        guard let token, uri.contains(where: canBegin) else { return uri }
        var output: [UInt8] = []
        var rest = uri[...]
        while let byte = rest.first {
            guard let (placeholder, length) = placeholder(at: rest) else {
                output.append(byte)
                rest = rest.dropFirst()
                continue
            }
            switch placeholder {
            case .identifier: append(token, as: form, to: &output)
            case .decimal: token.value.appendDecimal(to: &output)
            case .locale: output += locale.utf8
            }
            rest = rest.dropFirst(length)
        }
        return output
    }

    /// Replaces every `{id}` of a text that is no URI, as the standard spells it, by 64 hexadecimal digits.
    static func fill(text: ArraySlice<UInt8>, with token: TokenIdentifier) -> [UInt8] {
        var output: [UInt8] = []
        var rest = text
        while let brace = rest.firstIndex(of: JSONByte.openBrace) {
            output += rest[..<brace]
            let isPlaceholder = rest[brace...].starts(with: "{id}".utf8)
            if isPlaceholder { token.value.appendPaddedHex(to: &output) } else { output.append(JSONByte.openBrace) }
            rest = rest[(brace + (isPlaceholder ? 4 : 1))...]
        }
        return output + rest
    }

    /// Some contracts write `0x{id}`: the prefix goes with hexadecimal digits, once, and not with decimal ones.
    private static func append(_ token: TokenIdentifier, as form: IdentifierForm, to output: inout [UInt8]) {
        let isPrefixed = output.count >= 2 && hasPrefix(output.suffix(2), "0x")
        if isPrefixed, form == .decimal || form == .prefixedHex { output.removeLast(2) }
        form.append(token, to: &output)
    }

    private static func canBegin(_ byte: UInt8) -> Bool {
        byte == JSONByte.openBrace || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "$")
    }

    private static func placeholder(at text: ArraySlice<UInt8>) -> (Placeholder, length: Int)? {
        guard let byte = text.first, canBegin(byte) else { return nil }
        for (spelling, placeholder) in spellings where hasPrefix(text, spelling) {
            return (placeholder, spelling.utf8CodeUnitCount)
        }
        return nil
    }
}
