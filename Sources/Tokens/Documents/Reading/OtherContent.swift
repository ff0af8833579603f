/// Content that is not JSON: media, which stands for itself, or a page or text that tells why there is no document.
struct OtherContent {
    let body: [UInt8]
    /// The body in UTF-8, as far as it is text.
    let text: [UInt8]
    let contentType: String?

    /// A document that points at the media which a token's URI leads to; nil when it leads to none.
    ///
    /// Text counts as media only where the URI itself carries it: then it is what the contract calls the token, as with
    /// artwork in characters. Behind a URL it is as likely an error.
    func stand(for uri: String) -> [UInt8]? {
        if let kind = MediaKind.recognize(body, contentType: contentType) {
            return Self.pointer(kind == .image ? "image" : "animation_url", to: uri)
        }
        let cleaned = URICleaning.cleaned(uri)
        guard hasPrefix(cleaned[...], "data:text/plain") || hasPrefix(cleaned[...], "data:text/html") else {
            return nil
        }
        return Self.pointer("animation_url", to: uri)
    }

    /// - Parameter error: why the content is not JSON.
    func failure(_ error: JSONError) -> DocumentFailure {
        if MediaKind.isHTML(text) { return WebPage(text).failure }
        // A sentence in place of a document, or the error document of a storage service.
        let isShort = text.count <= 1024
        let words = String(decoding: text.prefix(1024), as: UTF8.self)
        if isShort, text.first != JSONByte.openBrace, let kind = DocumentFailure.Kind(phrasesIn: words) {
            return DocumentFailure(kind, "the source answered with a message: \(boundedText(words))")
        }
        return DocumentFailure(.malformed, "the document is not valid JSON: \(error)")
    }

    private static func pointer(_ field: String, to uri: String) -> [UInt8] {
        var document: [UInt8] = [JSONByte.openBrace]
        document.append(jsonString: field)
        document.append(JSONByte.colon)
        document.append(jsonString: uri)
        document.append(JSONByte.closeBrace)
        return document
    }
}
