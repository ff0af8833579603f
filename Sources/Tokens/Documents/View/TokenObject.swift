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
    ///   - links: the URLs for media that have none of their own.
    /// - Throws: ``TokenViewError``.
    public static func tokenObject(
        for record: TokenRecord, stale: Bool, links: MediaLinks
    ) throws(TokenViewError) -> TokenObject {
        let reading = try reading(of: record)
        var writing = TokenObjectWriting(record: record, document: reading.document, links: links)
        return writing.write(stale: stale, isStrict: reading.isVerbatim)
    }

    /// What a token is shown by: the image of the token object, before it is made a URL; nil when it has none.
    ///
    /// - Throws: ``TokenViewError``.
    public static func image(of record: TokenRecord) throws(TokenViewError) -> TokenURI? {
        let media = TokenMedia(MetadataFields(try reading(of: record).document.root))
        return media.image(record.mediaReading(for: .image).uri(of:))
    }

    private static func reading(
        of record: TokenRecord
    ) throws(TokenViewError) -> (document: JSONDocument, isVerbatim: Bool) {
        guard record.outcome == .document else { throw .noDocument }
        let reading: (document: JSONDocument, isVerbatim: Bool)
        do {
            reading = try JSONRepair.document(from: record.document)
        } catch {
            throw .unreadable(reason: error.description)
        }
        guard !DocumentWrapper.layers(of: reading.document.root).isEmpty else {
            throw .unreadable(reason: "the document is not a JSON object")
        }
        return reading
    }
}

extension TokenRecord {
    func mediaReading(for use: MediaReading.Use) -> MediaReading {
        let token = reference.token
        return MediaReading(token: token, use: use, document: tokenURI.map { TokenURI(parsing: $0, for: token) })
    }
}
