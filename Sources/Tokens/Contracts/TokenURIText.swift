/// What a contract returned for a token's URI, as text.
public enum TokenURIText {
    /// Words that programs write where there was no value.
    private static let placeholders: Set<String> = ["null", "undefined", "none", "nil", "nan", "-", "0x"]

    /// Whether the text stands for "there is none": blank, quotes with nothing in between, or a word such as `null`.
    public static func isAbsent(_ text: String) -> Bool {
        // Anything longer is no such word, and may be megabytes of artwork.
        guard text.utf8.count <= 64 else { return text.utf8.allSatisfy(isMargin) }
        let inner = text.utf8.drop(while: isMargin).reversed().drop(while: isMargin).reversed()
        return inner.isEmpty || placeholders.contains(String(decoding: Array(inner), as: UTF8.self).lowercased())
    }

    private static func isMargin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09...0x0D, 0x20, UInt8(ascii: "\""), UInt8(ascii: "'"): true
        case _: false
        }
    }
}
