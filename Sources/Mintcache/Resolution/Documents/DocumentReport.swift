import Tokens

/// What a fetch brought, for everybody who waited for it.
struct DocumentReport: Sendable {
    enum Finding: Sendable {
        case document(MetadataDocument)
        /// Media in place of a document. A document that points at it is made for each URI that leads here, of which
        /// there may be several spellings.
        case media(opening: [UInt8], contentType: String?, SourceValidators)
        /// What the asker holds is what there is; the validators are those that came with the news.
        case notModified(SourceValidators)
        /// The host says that content elsewhere takes its place.
        case elsewhere(TokenURI)
        case unusable(UnusableDocument)
        /// Nobody gave an answer.
        case nothing
    }

    var finding: Finding
    /// What was tried.
    var trace: ResolutionTrace
}
