/// The serialised answer of the token route.
public struct TokenObject: Sendable, Equatable {
    /// The JSON object.
    public let bytes: [UInt8]
    /// Where the member `metadata` holds the source document.
    public let documentRange: Range<Int>
    /// Whether that range is the source's bytes. Not when they had to be repaired to be read, as JSON must be.
    public let isDocumentVerbatim: Bool
}

/// Why a record has no token object.
public enum TokenViewError: Error, Hashable, Sendable {
    /// The record says that there is no document.
    case noDocument
    /// The record's document is not a JSON object, not even after repair.
    case unreadable(reason: String)
}

/// Writes tokens in the one shape that clients see, whatever the source.
public enum TokenView {
    /// The token object: identity, normalised fields, the source document, and where and when it was read.
    ///
    /// - Parameters:
    ///   - record: a record whose outcome is a document.
    ///   - stale: whether the answer is older than its lifetime.
    ///   - gateways: the URL for content on IPFS and Arweave, and for inline media too large to repeat; nil when there
    ///     is none.
    /// - Throws: ``TokenViewError``.
    public static func tokenObject(
        for record: TokenRecord, stale: Bool, gateways: (TokenURI) -> String?
    ) throws(TokenViewError) -> TokenObject {
        guard record.outcome == .document else { throw .noDocument }
        let document: JSONDocument
        let isStrict: Bool
        do {
            (document, isStrict) = try JSONRepair.document(from: record.document)
        } catch {
            throw .unreadable(reason: error.description)
        }
        guard document.root.kind == .object else { throw .unreadable(reason: "the document is not a JSON object") }
        return withoutActuallyEscaping(gateways) { gateways in
            let media = MediaResolution(token: record.reference.token, gateways: gateways)
            var writing = TokenObjectWriting(record: record, document: document, media: media)
            return writing.write(stale: stale, isStrict: isStrict)
        }
    }
}
