/// What is known about one token at one time: the value that every tier stores and the archive holds.
public struct TokenRecord: Sendable, Equatable {
    /// How the attempt to read the token's metadata ended.
    public enum Outcome: Sendable, Hashable {
        /// The metadata document was read.
        case document
        /// The token does not exist.
        case missing(reason: String)
        /// The token exists, but what its source gives cannot be served as metadata.
        case unusable(reason: String)
    }

    public var reference: TokenReference
    public var outcome: Outcome
    public var standard: TokenStandard?
    /// The URI as the contract gave it.
    public var tokenURI: String?
    /// Which source answered, such as `onchain`.
    public var source: String
    /// The exact bytes of the metadata document; empty unless the outcome is ``Outcome/document``.
    public var document: [UInt8]
    /// The media type the source declared for the document.
    public var contentType: String?
    /// A hexadecimal digest of the document, without quotes.
    public var etag: String
    /// What the source's copy is validated by when the document is fetched again.
    public var validators: SourceValidators
    /// How many times in a row the source has given this passing answer: an absence, something unusable, a placeholder.
    /// 0 for a document that is meant to stay.
    public var repetitions: Int
    /// When the source was read, in milliseconds since 1970.
    public var fetchedAt: Int64
    /// Until when the record is fresh, in milliseconds since 1970.
    public var freshUntil: Int64
    /// The last purge that was known when the fetch began; nil for one that is kept without it, as in the archive.
    public var purgeSequence: UInt64?

    public init(
        reference: TokenReference,
        outcome: Outcome,
        standard: TokenStandard? = nil,
        tokenURI: String? = nil,
        source: String = "onchain",
        document: [UInt8] = [],
        contentType: String? = nil,
        etag: String = "",
        validators: SourceValidators = .none,
        repetitions: Int = 0,
        fetchedAt: Int64,
        freshUntil: Int64,
        purgeSequence: UInt64? = nil
    ) {
        self.reference = reference
        self.outcome = outcome
        self.standard = standard
        self.tokenURI = tokenURI
        self.source = source
        self.document = document
        self.contentType = contentType
        self.etag = etag
        self.validators = validators
        self.repetitions = repetitions
        self.fetchedAt = fetchedAt
        self.freshUntil = freshUntil
        self.purgeSequence = purgeSequence
    }
}
