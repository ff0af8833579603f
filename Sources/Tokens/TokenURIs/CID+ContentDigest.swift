extension CID {
    /// The SHA-256 digest of the content itself, with which bytes can be checked as they come; nil when the identifier
    /// is of a tree, or made by another function.
    public var contentDigest: [UInt8]? {
        let (codec, function, digest) = parts
        // `raw` and `sha2-256` of the multicodec table.
        return codec == 0x55 && function == 0x12 && digest.count == 32 ? Array(digest) : nil
    }
}
