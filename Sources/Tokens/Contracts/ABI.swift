/// Why returned data is not what the function's signature promises.
public enum ABIError: Error, Hashable, Sendable {
    /// There is no data at all: no such function, or no contract at the address.
    case empty
    /// The offset or the length of the string points beyond the data, or the data ends in mid-word.
    case malformed
}

extension ABIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the contract returned no data"
        case .malformed: "the contract returned data that is not an ABI-encoded string"
        }
    }
}

/// The part of the contract ABI that metadata needs (Solidity's contract ABI specification).
public enum ABI {
    private static let wordSize = 32

    /// Decodes the return data of a function that returns one `string`.
    ///
    /// Lengths and offsets come from the contract and are checked without overflow. Exactly 32 bytes are taken as
    /// `bytes32` text, as early contracts return it. Bytes after the string and a missing padding are accepted,
    /// NUL bytes dropped, invalid UTF-8 becomes U+FFFD.
    ///
    /// - Throws: ``ABIError``.
    public static func decodeString(_ data: [UInt8]) throws(ABIError) -> String {
        let content = try stringContent(data)
        return String(decoding: content.contains(0) ? content.filter { $0 != 0 }[...] : content, as: UTF8.self)
    }

    /// Encodes one `string` as a function returns it.
    public static func encodeString(_ text: String) -> [UInt8] {
        let content = Array(text.utf8)
        let padding = (wordSize - content.count % wordSize) % wordSize
        return UInt256(UInt64(wordSize)).bigEndianBytes + UInt256(UInt64(content.count)).bigEndianBytes + content
            + [UInt8](repeating: 0, count: padding)
    }

    /// Decodes the return data of a function that returns one `uint256`; nil when it is too short.
    public static func decodeInteger(_ data: [UInt8]) -> UInt256? {
        data.count >= wordSize ? UInt256(bigEndian: data.span) : nil
    }

    /// Decodes the return data of a function that returns one `bool`; nil unless it is exactly 0 or 1.
    public static func decodeBoolean(_ data: [UInt8]) -> Bool? {
        switch decodeInteger(data)?.exactly64 {
        case 0: false
        case 1: true
        default: nil
        }
    }

    private static func stringContent(_ data: [UInt8]) throws(ABIError) -> ArraySlice<UInt8> {
        guard !data.isEmpty else { throw .empty }
        if data.count == wordSize { return try shortString(data) }
        guard let offset = word(data, at: 0), let length = word(data, at: offset) else { throw .malformed }
        let start = offset + wordSize
        guard length <= data.count - start else { throw .malformed }
        return data[start..<start + length]
    }

    /// Text left-aligned in one word; a word that begins with NUL is rather a number or a lone offset.
    private static func shortString(_ data: [UInt8]) throws(ABIError) -> ArraySlice<UInt8> {
        let length = data.firstIndex(of: 0) ?? data.count
        guard data[length...].allSatisfy({ $0 == 0 }) else { throw .malformed }
        return data[..<length]
    }

    /// The word at an offset, when it lies within the data and could be an offset or length there.
    private static func word(_ data: [UInt8], at offset: Int) -> Int? {
        guard offset <= data.count - wordSize else { return nil }
        guard let value = UInt256(bigEndian: data.span, at: offset).exactlyInt, value <= data.count else { return nil }
        return value
    }
}
