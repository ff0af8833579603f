import EventLoops

/// Names of content that are computed from the content itself.
enum ContentIdentifier {
    private enum Codec: UInt8 {
        case raw = 0x55
        case directory = 0x70
    }

    /// The CIDv1 of a block of bytes: `raw`, SHA-256, base32.
    static func raw(_ bytes: [UInt8]) -> String {
        identifier(.raw, digest: SHA256.hash(bytes))
    }

    /// A CIDv1 in the form of a UnixFS directory's, for a directory that is told apart by its name alone.
    static func directory(named name: String) -> String {
        identifier(.directory, digest: SHA256.hash(Array(name.utf8)))
    }

    /// The 43 characters that name an Arweave transaction: a SHA-256 digest in base64url.
    static func transaction(named name: String) -> String {
        Base64.encode(SHA256.hash(Array(name.utf8)), alphabet: .url)
    }

    private static func identifier(_ codec: Codec, digest: [UInt8]) -> String {
        let sha256: UInt8 = 0x12
        return "b" + Base32.encode([1, codec.rawValue, sha256, UInt8(digest.count)] + digest)
    }
}
