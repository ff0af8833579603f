/// What a source gave in place of a metadata document, or as one.
public enum DocumentReading: Hashable, Sendable {
    /// A metadata document: the body byte for byte, unless it had to be decoded to be JSON text in UTF-8.
    case document([UInt8])
    /// The body is an image or other media; this document, which only points at it, stands for the metadata.
    case synthesized([UInt8])
    /// The body cannot be served as metadata.
    case unusable(DocumentFailure)

    /// Classifies a body.
    ///
    /// - Parameters:
    ///   - body: the decoded content; its size has been bounded by whoever fetched it.
    ///   - contentType: the declared media type, which is believed only where the bytes do not tell.
    ///   - uri: the token's URI as the contract gave it, for a document that stands for media.
    public init(body: [UInt8], contentType: String?, uri: String) {
        guard !body.allSatisfy(JSONByte.isWhitespace) else {
            self = .unusable(DocumentFailure(.absent, "the document is empty"))
            return
        }
        let text = TextEncoding.utf8(of: body, contentType: contentType) ?? body
        do {
            self = Self.reading(of: try JSONRepair.document(from: text).document.root, in: text)
        } catch {
            let other = OtherContent(body: body, text: text, contentType: contentType)
            self = other.stand(for: uri).map { .synthesized($0) } ?? .unusable(other.failure(error))
        }
    }

    private static func reading(of root: JSONValue, in text: [UInt8]) -> DocumentReading {
        switch root.kind {
        case .object: ErrorReport.failure(in: root).map { .unusable($0) } ?? .document(text)
        case .array: only(root).map { reading(of: $0, in: text) } ?? notAnObject("an array")
        case .string: inner(root).map { .document($0) } ?? message(root)
        case .number: notAnObject("a number")
        case .boolean: notAnObject("a boolean")
        case .null: .unusable(DocumentFailure(.absent, "the document is JSON null"))
        }
    }

    private static func notAnObject(_ kind: String) -> DocumentReading {
        .unusable(DocumentFailure(.malformed, "the document is \(kind) in JSON, not an object"))
    }

    /// The object of an array that holds nothing else, as some providers wrap the one document that was asked for.
    private static func only(_ array: JSONValue) -> JSONValue? {
        let elements = Array(array.elements.prefix(2))
        return elements.count == 1 && elements[0].kind == .object ? elements[0] : nil
    }

    /// The document of a JSON string that holds an object as text: it was encoded once too often.
    private static func inner(_ string: JSONValue) -> [UInt8]? {
        guard let text = string.unescaped, let root = (try? JSONRepair.document(from: text))?.document.root,
            root.kind == .object, ErrorReport.failure(in: root) == nil
        else { return nil }
        return text
    }

    private static func message(_ string: JSONValue) -> DocumentReading {
        let text = string.string ?? ""
        guard let kind = DocumentFailure.Kind(phrasesIn: text) else { return notAnObject("a string") }
        return .unusable(DocumentFailure(kind, "the source answered with a message: \(boundedText(text))"))
    }
}
