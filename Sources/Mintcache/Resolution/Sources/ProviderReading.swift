import Tokens

/// What a provider's answer says, by the rules of its configuration. Pure.
enum ProviderReading: Sendable {
    case findings(Findings)
    /// One of the rules applies.
    case verdict(AnswerRule.Meaning)
    /// It is no answer to the question.
    case failure(Failure)

    struct Findings: Sendable {
        var document: FetchedDocument?
        var tokenURI: String?
        var standard: TokenStandard?
        /// The provider's own description of the token, if it can be read as metadata.
        var summary: MetadataDocument?
    }

    enum Failure: Sendable, Hashable {
        case status(Int)
        case notJSON
        /// The answer repeats the source's key, and nothing of it may be kept or shown.
        case holdsSecret
    }

    init(status: Int, body: [UInt8], by provider: Configuration.Provider) {
        let root = try? JSONDocument(validating: body).root
        if let rule = provider.rules.first(where: { $0.matches(status: status, root) }) {
            self = .verdict(rule.means)
            return
        }
        switch status {
        case 200..<300: self = Self.contents(of: body, root, provider)
        case 404, 410: self = .verdict(.missing)
        case 451: self = .verdict(.refused)
        case _: self = .failure(.status(status))
        }
    }

    private static func contents(
        of body: [UInt8], _ root: JSONValue?, _ provider: Configuration.Provider
    ) -> ProviderReading {
        guard !provider.secrets.contains(where: { body.firstRange(of: $0.utf8) != nil }) else {
            return .failure(.holdsSecret)
        }
        guard let root else {
            // Where the whole answer is the document, what documents may be holds for it.
            guard provider.document == JSONPointer("") else { return .failure(.notJSON) }
            return .findings(Findings(document: document(body, uri: nil)))
        }
        func value(_ pointer: JSONPointer?) -> JSONValue? {
            pointer.flatMap { $0.value(in: root) }.flatMap { $0.isSomething ? $0 : nil }
        }
        let uri = value(provider.tokenURI)?.string
        var findings = Findings(
            document: value(provider.document).map { document(bytes(of: $0), uri: uri) }, tokenURI: uri,
            standard: value(provider.standard)?.string.flatMap(standard))
        if let summary = value(provider.summary), case .document(let document) = document(bytes(of: summary), uri: nil)
        {
            findings.summary = document
        }
        return .findings(findings)
    }

    /// The exact bytes: of an object as they stand in the answer, of a text what it holds (E-138, E-139).
    private static func bytes(of value: JSONValue) -> [UInt8] {
        value.unescaped ?? Array(value.text)
    }

    private static func document(_ bytes: [UInt8], uri: String?) -> FetchedDocument {
        switch DocumentReading(body: bytes, contentType: nil, uri: uri ?? "") {
        case .document(let bytes):
            return .document(metadata(bytes))
        case .synthesized(let pointer):
            guard uri != nil else { return .unusable(.media) }
            return .document(metadata(pointer))
        case .unusable(let failure):
            return .unusable(UnusableDocument(failure))
        }
    }

    private static func metadata(_ bytes: [UInt8]) -> MetadataDocument {
        MetadataDocument(bytes: bytes, contentType: "application/json", entityTag: EntityDigest.text(bytes))
    }

    /// `ERC721`, `erc-1155` and the like.
    private static func standard(_ text: String) -> TokenStandard? {
        TokenStandard(rawValue: text.lowercased().replacing("-", with: ""))
    }
}

extension UnusableDocument {
    fileprivate static let media = UnusableDocument(
        kind: .malformed, reason: "The source gave media in place of metadata.")
}

extension ProviderReading.Failure {
    /// For attempts and statistics.
    var label: String {
        switch self {
        case .status(let status): "status-\(status)"
        case .notJSON: "not-json"
        case .holdsSecret: "holds-secret"
        }
    }

    /// Whether it is the source that fails, rather than one of its answers.
    var isOfSource: Bool {
        switch self {
        case .status(let status): [401, 402, 403, 407, 429].contains(status) || status >= 500
        case .notJSON, .holdsSecret: false
        }
    }
}
