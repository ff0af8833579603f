/// A content identifier of IPFS, checked down to the length of its multihash.
///
/// Two identifiers are equal when they name the same content: version 0 and the version 1 it stands for, in whatever
/// base they are written.
public struct CID: Sendable {
    /// As it was written.
    public let text: String
    /// Version 1 in base 32, the form in which equal identifiers have equal text.
    public let canonical: String

    /// The longest text looked at; a 512-bit hash in base 16 takes half of it.
    private static let lengthLimit = 256

    /// Reads version 0 (base 58, SHA-256) or version 1 in base 16, 32, 36 or 58; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count <= Self.lengthLimit, let binary = Self.binary(characters), Self.isWellFormed(binary)
        else { return nil }
        self.text = String(text)
        canonical = "b" + String(decoding: Base32.encode(binary), as: UTF8.self)
    }

    /// Whether it names a key (codec `libp2p-key`), as IPNS does, and no content.
    var isKey: Bool { parts.codec == 0x72 }

    /// The content codec, the hash function and the digest, by the numbers of the multicodec table.
    var parts: (codec: Int, function: Int, digest: ArraySlice<UInt8>) {
        var rest = (Base32.decode(canonical.utf8.dropFirst()) ?? [])[...]
        _ = Self.varint(&rest)
        let codec = Self.varint(&rest) ?? 0
        let function = Self.varint(&rest) ?? 0
        _ = Self.varint(&rest)
        return (codec, function, rest)
    }

    /// The binary form in version 1.
    private static func binary(_ text: [UInt8]) -> [UInt8]? {
        if text.count == 46, text.starts(with: "Qm".utf8) {
            guard let multihash = RadixEncoding.base58.decode(text) else { return nil }
            return multihash.count == 34 && multihash.starts(with: [0x12, 0x20]) ? [0x01, 0x70] + multihash : nil
        }
        let digits = text.dropFirst()
        switch text.first {
        case UInt8(ascii: "b"): return Base32.decode(digits)
        case UInt8(ascii: "B"): return Base32.decode(digits.map { $0 >= UInt8(ascii: "A") ? $0 ^ 0x20 : $0 })
        case UInt8(ascii: "z"): return RadixEncoding.base58.decode(digits)
        case UInt8(ascii: "k"): return RadixEncoding.base36.decode(digits)
        case UInt8(ascii: "f"), UInt8(ascii: "F"): return RPCData.bytes(of: "0x".utf8 + digits)
        default: return nil
        }
    }

    /// Version 1, a content codec, and a multihash whose digest is as long as it says and long enough to mean
    /// something; short digests would let ordinary words pass for identifiers.
    private static func isWellFormed(_ binary: [UInt8]) -> Bool {
        var rest = binary[...]
        guard varint(&rest) == 1, varint(&rest) != nil, let function = varint(&rest), let length = varint(&rest)
        else { return false }
        let isIdentity = function == 0
        return rest.count == length && (isIdentity ? length > 0 : length >= 20)
    }

    /// Reads one unsigned varint of the multiformats: seven bits a byte, least significant first, at most nine bytes.
    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        var shift = 0
        while let byte = bytes.popFirst() {
            value |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { return byte == 0 && shift > 7 ? nil : value }
            if shift >= 63 { return nil }
        }
        return nil
    }
}

extension CID: Hashable, CustomStringConvertible {
    public static func == (left: Self, right: Self) -> Bool {
        left.canonical == right.canonical
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }

    public var description: String { text }
}
