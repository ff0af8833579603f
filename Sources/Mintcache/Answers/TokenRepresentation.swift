import Tokens

/// What of a token is asked for. Each has its own entry in memory.
enum TokenRepresentation: UInt8, Sendable, CaseIterable {
    /// The token as one JSON object.
    case object = 1
    /// The metadata document, byte for byte.
    case metadata = 2
    /// The image: a redirect to it, or the image itself.
    case image = 3
}

/// The key of an entry in memory: the token's canonical key and the representation.
enum EntryKey {
    static let size = TokenReference.canonicalKeySize + 1

    static func write(
        _ reference: TokenReference, _ representation: TokenRepresentation, into buffer: UnsafeMutableRawBufferPointer
    ) {
        reference.writeCanonicalKey(into: buffer)
        buffer[TokenReference.canonicalKeySize] = representation.rawValue
    }

    static func bytes(_ reference: TokenReference, _ representation: TokenRepresentation) -> [UInt8] {
        reference.canonicalKey + [representation.rawValue]
    }
}
