/// The parameters of a query, decoded as forms are (URL standard, application/x-www-form-urlencoded).
struct QueryParameters: Sendable {
    private let values: [String: String]

    /// Of parameters given more than once the first counts.
    init(_ query: String?) {
        let pairs = (query ?? "").split(separator: "&").map { pair -> (String, String) in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// The value of a parameter; nil when it is absent or empty.
    subscript(name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A broken triplet stands for itself.
    private static func decode(_ text: Substring) -> String {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = octet(rest.prefix(2)) {
                decoded.append(value)
                rest.removeFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func octet(_ digits: ArraySlice<UInt8>) -> UInt8? {
        let isHexadecimal = digits.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
            case _: false
            }
        }
        return isHexadecimal ? UInt8(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }
}
