private import CCurl

/// The field of RFC 9110 section 10.2.3: seconds or a date.
enum RetryAfter {
    /// - Parameter now: seconds since 1970.
    /// - Returns: the pause asked for, zero for the past; `nil` when the value cannot be read.
    static func pause(from value: String, now: Int64) -> Duration? {
        let value = value.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        if value.count == 1, let digits = value.first, digits.allSatisfy({ (48...57).contains($0) }) {
            // A value with more digits than a date has is a far future all the same.
            return .seconds(digits.count > 9 ? 999_999_999 : Int64(String(Substring(digits))) ?? 0)
        }
        let text = value.map { String(Substring($0)) }.joined(separator: " ")
        guard text.hasSuffix("GMT"), text.utf8.count < 64 else { return nil }
        let date = text.withCString { curl_getdate($0, nil) }
        guard date > 0 else { return nil }
        return .seconds(max(Int64(date) - now, 0))
    }
}
