/// Unformatted data of EIP-1474: `0x` and two hexadecimal digits for each byte.
public enum RPCData {
    /// The bytes of a JSON string of that form; nil for anything else.
    public static func bytes(of value: JSONValue) -> [UInt8]? {
        guard value.kind == .string else { return nil }
        return bytes(of: value.text.dropFirst().dropLast())
    }

    /// Appends bytes in that form, as a JSON string with its quotes.
    public static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(text: "\"0x")
        output.appendHex(bytes)
        output.append(text: "\"")
    }

    static func bytes(of text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.starts(with: "0x".utf8), text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        var index = text.startIndex + 2
        while index < text.endIndex {
            guard let high = hexValue(text[index]), let low = hexValue(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }
}
