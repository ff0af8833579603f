/// Percent-encoding in one spelling (RFC 3986, sections 6.2.2.1 and 6.2.2.2).
enum PercentEncoding {
    /// `bytes` with encoded unreserved characters decoded and all other hexadecimal digits in capitals.
    ///
    /// A percent sign that begins no triplet leaves everything as it is. Were only the sound triplets decoded,
    /// `%%32%35` would come out as `%25` and share the key of another URL; what is unsound as a whole can never equal
    /// anything that was normalised.
    static func normalised(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(ASCII.percent) else { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == ASCII.percent else {
                result.append(bytes[index])
                index += 1
                continue
            }
            guard let octet = octet(bytes, at: index) else { return Array(bytes) }
            if isUnreserved(octet) {
                result.append(octet)
            } else {
                result += [ASCII.percent, uppercaseHex(octet >> 4), uppercaseHex(octet & 15)]
            }
            index += 3
        }
        return result
    }

    /// What the triplet at `index` stands for; nil when there is none.
    static func octet(_ bytes: ArraySlice<UInt8>, at index: Int) -> UInt8? {
        guard index + 2 < bytes.endIndex, bytes[index] == ASCII.percent,
            let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    /// RFC 3986, section 2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch ASCII.lowercased(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case ASCII.hyphen, ASCII.dot, UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch ASCII.lowercased(byte) {
        case let digit where digit &- ASCII.zero < 10: digit - ASCII.zero
        case let letter where letter &- UInt8(ascii: "a") < 6: letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func uppercaseHex(_ value: UInt8) -> UInt8 {
        value < 10 ? ASCII.zero + value : UInt8(ascii: "A") + value - 10
    }
}
