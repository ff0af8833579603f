/// Bytes as two hexadecimal digits each.
public enum Hex {
    /// In lower case.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0)] }, as: UTF8.self)
    }

    /// The bytes that digits stand for; `nil` for anything but pairs of digits.
    ///
    /// - Parameter allowsCapitals: whether `A` is as good as `a`.
    public static func bytes(_ text: Substring, allowsCapitals: Bool = true) -> [UInt8]? {
        guard text.utf8.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = hexValue(digit), allowsCapitals || hexDigit(value) == digit else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
