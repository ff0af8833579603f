import Caching
import Tokens

/// What is known of a token when it is told in a provider's shape.
struct DropInToken: Sendable {
    enum Content: Sendable {
        /// The token object, as our own route answers it.
        case object(JSONValue)
        case failure(TokenFailure)
    }

    let reference: TokenReference
    var standard: TokenStandard?
    /// The URI as the contract gave it.
    var tokenURI: String?
    /// When its sources were asked, in milliseconds since 1970.
    let fetchedAt: Int64
    let content: Content

    init(_ reference: TokenReference, _ failure: TokenFailure, at now: Int64) {
        self.reference = reference
        fetchedAt = now
        content = .failure(failure)
    }

    /// Reads what the token's own route would send.
    ///
    /// - Parameter problem: what went wrong, for an entry that is about no record.
    init(_ reference: TokenReference, _ entry: CacheEntry, _ problem: Problem? = nil) {
        self.reference = reference
        standard = entry.record?.standard
        tokenURI = entry.record?.tokenURI
        fetchedAt = entry.times.fetchedAt
        let isObject = entry.answer.status == 200
        if isObject, let object = try? JSONDocument(validating: entry.answer.identity.body.array) {
            content = .object(object.root)
        } else {
            content = .failure(TokenFailure(entry.record, problem))
        }
    }

    /// A member of the token object; nil when there is no object.
    subscript(name: String) -> JSONValue? {
        guard case .object(let object) = content else { return nil }
        return object[name]
    }

    var failure: TokenFailure? {
        if case .failure(let failure) = content { failure } else { nil }
    }
}

/// Why there is no document for a token.
enum TokenFailure: Sendable {
    case missing(reason: String)
    /// The token is there, but not what its source gives for metadata.
    case unusable(reason: String)
    /// Nobody could say; it may work later.
    case problem(Problem)
    /// No tier holds it, and no source was to be asked.
    case notHeld
    /// This proxy does not give it, for a reason of its own.
    case withheld(reason: String)

    fileprivate init(_ record: TokenRecord?, _ problem: Problem?) {
        switch record?.outcome {
        case .missing(let reason): self = .missing(reason: reason)
        case .unusable(let reason): self = .unusable(reason: reason)
        case .document: self = .unusable(reason: "The document cannot be read.")
        case nil: self = .problem(problem ?? .timedOut)
        }
    }
}
