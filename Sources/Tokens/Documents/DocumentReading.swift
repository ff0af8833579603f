/// What a source gave in place of a metadata document, or as one.
public enum DocumentReading: Hashable, Sendable {
    /// The body is a metadata document and is kept byte for byte.
    case document
    /// The body is an image or other media; this document, which only points at it, stands for the metadata.
    case synthesized([UInt8])
    /// The body cannot be served as metadata. The reason is for the client.
    case unusable(reason: String)

    /// Classifies a body.
    ///
    /// - Parameters:
    ///   - body: the decoded content; its size has been bounded by whoever fetched it.
    ///   - contentType: the declared media type, which is believed only where the bytes do not tell.
    ///   - uri: the token's URI as the contract gave it, for a document that stands for media.
    public init(body: [UInt8], contentType: String?, uri: String) {
        guard !body.allSatisfy(JSONByte.isWhitespace) else {
            self = .unusable(reason: "the document is empty")
            return
        }
        do {
            self = Self.reading(of: try JSONRepair.document(from: body).document.root)
        } catch {
            self = Self.reading(of: body, contentType: contentType, uri: uri, failure: error)
        }
    }

    private static func reading(of root: JSONValue) -> DocumentReading {
        switch root.kind {
        case .object: errorReport(root).map { .unusable(reason: $0) } ?? .document
        case .array: .unusable(reason: "the document is a JSON array, not an object")
        case .string: .unusable(reason: "the document is a JSON string, not an object")
        case .number: .unusable(reason: "the document is a JSON number, not an object")
        case .boolean: .unusable(reason: "the document is a JSON boolean, not an object")
        case .null: .unusable(reason: "the document is JSON null, not an object")
        }
    }

    private static func reading(
        of body: [UInt8], contentType: String?, uri: String, failure: JSONError
    ) -> DocumentReading {
        switch MediaKind.recognize(body, contentType: contentType) {
        case .image: .synthesized(pointer("image", to: uri))
        case .animation: .synthesized(pointer("animation_url", to: uri))
        case nil where MediaKind.isHTML(body): .unusable(reason: "the source answered with a web page instead of JSON")
        case nil: .unusable(reason: "the document is not valid JSON: \(failure)")
        }
    }

    private static func pointer(_ field: String, to uri: String) -> [UInt8] {
        var document: [UInt8] = [JSONByte.openBrace]
        document.append(jsonString: field)
        document.append(JSONByte.colon)
        document.append(jsonString: uri)
        document.append(JSONByte.closeBrace)
        return document
    }

    /// Why an object is an error report at status 200 rather than metadata; nil when it may be metadata.
    private static func errorReport(_ root: JSONValue) -> String? {
        var report: JSONValue?
        for member in root.members {
            let name = member.name
            if MetadataField.known.contains(name) { return nil }
            if errorFields.contains(name), !member.value.isNull, report == nil || name == "message" {
                report = member.value
            }
        }
        guard let report else { return nil }
        let text =
            report.string ?? report["message"]?.string ?? String(decoding: report.text.prefix(200), as: UTF8.self)
        return "the source answered with an error object: \(boundedText(text))"
    }

    private static let errorFields: Set<String> = [
        "error", "errors", "message", "detail", "statusCode", "status_code", "status", "code",
    ]
}
