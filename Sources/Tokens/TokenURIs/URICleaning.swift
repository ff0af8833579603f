/// Removes what contracts leave around a URI.
enum URICleaning {
    /// Texts that stand for no URI at all.
    private static let placeholders: Set<String> = ["null", "undefined", "none", "-"]

    /// Without white space, control characters, zero-width characters and quotes around it; empty when what remains
    /// only says that there is no URI.
    static func cleaned(_ text: String) -> [UInt8] {
        var scalars = trimmed(text.unicodeScalars[...])
        if let first = scalars.first, first == scalars.last, scalars.count >= 2, first == "'" || first == "\"" {
            scalars = trimmed(scalars.dropFirst().dropLast())
        }
        let cleaned = String(scalars)
        return cleaned.utf8.count < 10 && placeholders.contains(cleaned.lowercased()) ? [] : Array(cleaned.utf8)
    }

    /// Without the tabs and line ends that URL parsers ignore.
    static func withoutLineBreaks(_ bytes: [UInt8]) -> [UInt8] {
        bytes.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }

    private static func trimmed(_ scalars: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        guard let first = scalars.firstIndex(where: { !isIgnorable($0) }),
            let last = scalars.lastIndex(where: { !isIgnorable($0) })
        else { return scalars.prefix(0) }
        return scalars[first...last]
    }

    private static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x20, 0x7F...0xA0, 0x200B...0x200F, 0x2028...0x202F, 0x2060, 0xFEFF: true
        default: false
        }
    }
}
