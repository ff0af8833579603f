import EventLoops
import Tokens

/// A place tokens' metadata comes from.
protocol TokenSource: Sendable {
    /// What the configuration, answers and attempts call it, such as `onchain`.
    var name: String { get }
    /// Whether it asks the tokens' own contracts, so that its word about a token outweighs everybody else's.
    var isAuthoritative: Bool { get }
    /// The most time it may take for one token; nil for its share of what there is.
    var timeout: Duration? { get }

    /// What the source has of a token; nil when it knows nothing of it, which says nothing about the token. Everything
    /// it tries goes into the trace. Thrown is only what may work later.
    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer?
}

extension TokenSource {
    var isAuthoritative: Bool { false }
    var timeout: Duration? { nil }
}

/// What a source is asked.
struct Inquiry: Sendable {
    let reference: TokenReference
    /// What is held of the token, however old: its validators may spare a transfer, its content may be what is asked for.
    let held: TokenRecord?
    /// When the answer must be there.
    var deadline: MonotonicTime
    /// A gateway that is asked before all others for content of the token's collection.
    var gateway: Configuration.Endpoint?
}

/// What a source says of a token.
struct SourceAnswer: Sendable {
    enum Finding: Sendable {
        case document(MetadataDocument)
        /// There is no such token. `isCertain` when asking elsewhere could not tell otherwise.
        case missing(reason: String, isCertain: Bool)
        case unusable(UnusableDocument)
        /// What the archive holds, however old: nothing was fetched.
        case archived(TokenRecord)
    }

    var finding: Finding
    var standard: TokenStandard?
    /// The URI as the contract or provider gave it.
    var tokenURI: String?
}

/// A metadata document as it was fetched.
struct MetadataDocument: Sendable {
    var bytes: [UInt8]
    /// The media type the source declared.
    var contentType: String?
    /// A digest of the bytes, without quotes.
    var entityTag: String
    /// What the source names this copy by.
    var validators = SourceValidators.none
    /// Whether where it lies determines its bytes for ever.
    var isImmutable = false
}

/// Somebody answered for good, and it is not metadata.
struct UnusableDocument: Sendable {
    enum Kind: Sendable {
        /// Nothing is at the URI.
        case absent
        /// What is there cannot be read as metadata.
        case malformed
        /// It is not given to us, or lies where this proxy does not go.
        case refused
    }

    var kind: Kind
    /// For clients.
    var reason: String
}
