/// Percent-encoding of RFC 3986.
enum PercentEncoding {
    /// The parts of a URL that allow different characters.
    enum Part {
        case path
        /// Query or fragment.
        case query
        /// The content of a `data:` URL.
        case content
    }

    /// Encodes what the part does not allow, once: sequences that are already encoded stay as they are.
    static func encodeOnce(_ text: some Collection<UInt8>, in part: Part) -> [UInt8] {
        let bytes = Array(text)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            let isEncoded = byte == UInt8(ascii: "%") && isHexPair(bytes, at: index + 1)
            if isEncoded || isAllowed(byte, in: part) {
                output.append(byte)
            } else {
                append(byte, to: &output)
            }
        }
        return output
    }

    /// Encodes what the part does not allow of a text in which nothing is encoded yet.
    static func encode(_ text: some Collection<UInt8>, in part: Part) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        for byte in text {
            if isAllowed(byte, in: part) { output.append(byte) } else { append(byte, to: &output) }
        }
        return output
    }

    /// Decodes `%XX`, once; a percent sign without two digits stays as it is.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(text)
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = hexValue(bytes[index + 1]),
                let low = hexValue(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    private static func append(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "%"))
        for digit in [hexDigit(byte >> 4), hexDigit(byte)] {
            output.append(digit > UInt8(ascii: "9") ? digit & ~0x20 : digit)
        }
    }

    private static func isHexPair(_ bytes: [UInt8], at index: Int) -> Bool {
        index + 1 < bytes.count && hexValue(bytes[index]) != nil && hexValue(bytes[index + 1]) != nil
    }

    private static func isAllowed(_ byte: UInt8, in part: Part) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
            UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        case UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"):
            part != .path
        default:
            false
        }
    }
}
