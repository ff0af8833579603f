/// Whether bytes are the content that a content identifier without a path names.
///
/// A `raw` identifier is the digest of the bytes themselves, so both answers are certain. A `dag-pb` one is the digest
/// of a tree that somebody cut the file into: where one of the usual ways of cutting leads to the identifier the bytes
/// are proven, but where none does, another may.
public enum ContentVerification: Hashable, Sendable {
    case verified
    case mismatch
    case undecided

    private static let rawCodec = 0x55
    private static let directedGraphCodec = 0x70
    private static let identityFunction = 0
    private static let sha256Function = 0x12

    /// Takes time in proportion to the bytes, three times over at most.
    ///
    /// - Parameters:
    ///   - bytes: the whole content, with no coding left.
    ///   - sha256: the digest of FIPS 180-4.
    public init(of bytes: [UInt8], against identifier: CID, sha256: ([UInt8]) -> [UInt8]) {
        let (codec, function, digest) = identifier.parts
        switch (codec, function) {
        case (Self.rawCodec, Self.identityFunction):
            self = bytes.elementsEqual(digest) ? .verified : .mismatch
        case (Self.rawCodec, Self.sha256Function) where digest.count == 32:
            self = sha256(bytes).elementsEqual(digest) ? .verified : .mismatch
        case (Self.directedGraphCodec, Self.identityFunction):
            self = UnixFile.node(holding: bytes[...]).elementsEqual(digest) ? .verified : .undecided
        case (Self.directedGraphCodec, Self.sha256Function) where digest.count == 32:
            let isKnownLayout = UnixFile.usualLayouts.contains { layout in
                UnixFile.rootDigest(of: bytes, layout, sha256).map { $0.elementsEqual(digest) } ?? false
            }
            self = isKnownLayout ? .verified : .undecided
        case _:
            self = .undecided
        }
    }
}
