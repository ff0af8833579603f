/// Turns what documents put in their media fields into URLs that a browser can fetch.
struct MediaResolution {
    /// The token whose number replaces `{id}`, as ERC-1155 demands in every value of the document.
    let token: TokenIdentifier
    /// The URL under which content lies, for URIs that are not URLs, and for inline media beyond the limit.
    let gateways: (TokenURI) -> String?

    /// The longest `data:` URL repeated in the view.
    static let inlineLimit = 64 * 1024

    private static let urlMembers = ["url", "uri", "src", "href", "image", "original"]

    /// The URL of a field's value: a URI, inline SVG, an object that has one, or an array that begins with one.
    func url(of value: JSONValue) -> String? {
        switch value.kind {
        case .string:
            return value.string.flatMap(url(of:))
        case .object:
            return Self.urlMembers.lazy.compactMap { value[$0]?.string }.compactMap(url(of:)).first
        case .array:
            return value.elements.lazy.prefix(1).compactMap { $0.string.flatMap(url(of:)) }.first
        case .number, .boolean, .null:
            return nil
        }
    }

    func url(of text: String) -> String? {
        switch TokenURI(parsing: text, for: token) {
        case .http(let url): url
        case .data(let mediaType, let bytes): inlineURL(text, mediaType: mediaType, bytes: bytes)
        case .unsupported: nil
        case let uri: gateways(uri)
        }
    }

    private func inlineURL(_ text: String, mediaType: String, bytes: [UInt8]) -> String? {
        // Raw JSON is understood in a token's URI; in a media field it shows nothing.
        guard mediaType != "application/json", !bytes.isEmpty else { return nil }
        guard bytes.count <= Self.inlineLimit else { return gateways(.data(mediaType: mediaType, bytes: bytes)) }
        let uri = URICleaning.cleaned(text)
        let isDataURI = hasPrefix(uri[...], "data:")
        let isFetchable = isDataURI && uri == PercentEncoding.encodeOnce(uri, in: .content)
        guard !isFetchable else { return String(decoding: uri, as: UTF8.self) }
        // Browsers end an unencoded URL at '#', so the content is encoded anew.
        var url = Array("data:\(mediaType);base64,".utf8)
        url += Base64.encode(bytes)
        return String(decoding: url, as: UTF8.self)
    }
}
