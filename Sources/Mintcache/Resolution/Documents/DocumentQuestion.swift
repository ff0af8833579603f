import Tokens

/// Where one token's document is looked for, and what is held of it.
struct DocumentQuestion: Sendable {
    /// The token's URI as the contract gave it.
    let text: String
    let uri: TokenURI
    let inquiry: Inquiry
    /// What is held, if it was fetched from the same URI. That is so of what the contracts' own URIs led to; what
    /// providers give for a URI may be their own reading of it.
    let held: TokenRecord?
    /// Whether the bytes are the same for ever. A host that sends us to immutable content may send us elsewhere later.
    let isImmutable: Bool

    /// - Parameter form: how the token's number is written where the URI has a place for it.
    init(_ text: String, _ form: IdentifierForm, _ inquiry: Inquiry) {
        let token = inquiry.reference.token
        let uri = TokenURI(parsing: text, for: token, as: form)
        self.text = text
        self.uri = uri
        self.inquiry = inquiry
        isImmutable = uri.isImmutable
        held = inquiry.held.flatMap { held in
            guard held.outcome == .document, held.source == OnchainSource.name, let text = held.tokenURI,
                let name = uri.canonical
            else { return nil }
            return TokenURI(parsing: text, for: token, as: form).canonical == name ? held : nil
        }
    }

    /// The same after the host said that content takes its document's place.
    init(_ question: DocumentQuestion, redirectedTo uri: TokenURI) {
        text = question.text
        self.uri = uri
        inquiry = question.inquiry
        held = nil
        isImmutable = false
    }

    /// What to tell the host of what is held.
    var conditions: SourceValidators {
        guard let held, !isImmutable else { return .none }
        // Gateways agree about the tag of a name's content, which is its identifier, but not about dates.
        switch uri {
        case .ipns, .arweaveName: return SourceValidators(entityTag: held.validators.entityTag)
        case .http, .ipfs, .arweave, .data, .unsupported: return held.validators
        }
    }

    /// What is held, as if it had just been fetched.
    ///
    /// - Parameter validators: those that came with the news that it is still the same (RFC 9111, section 4.3.4).
    func document(_ held: TokenRecord, _ validators: SourceValidators = .none) -> MetadataDocument {
        MetadataDocument(
            bytes: held.document, contentType: held.contentType, entityTag: held.etag,
            validators: SourceValidators(
                entityTag: validators.entityTag ?? held.validators.entityTag,
                lastModified: validators.lastModified ?? held.validators.lastModified),
            isImmutable: isImmutable)
    }
}
