/// Where browsers find media that a document does not give a URL for.
public struct MediaLinks {
    /// The URL of an image on IPFS or Arweave; nil when there is none.
    public var image: (TokenURI) -> String?
    /// The same of everything else.
    public var animation: (TokenURI) -> String?
    /// The URL of the token's own image, in place of an inline one too large to repeat; nil repeats it all the same.
    public var inlineImage: String?

    /// The same URLs for images and everything else.
    public init(_ link: @escaping (TokenURI) -> String?) {
        self.init(image: link, animation: link)
    }

    public init(
        image: @escaping (TokenURI) -> String?, animation: @escaping (TokenURI) -> String?, inlineImage: String? = nil
    ) {
        self.image = image
        self.animation = animation
        self.inlineImage = inlineImage
    }
}

/// Turns what documents put in their media fields into URLs that a browser can fetch.
struct MediaResolution {
    /// The token whose number replaces `{id}`, as ERC-1155 demands in every value of the document.
    let token: TokenIdentifier
    /// The URL under which content lies, for URIs that are not URLs.
    let link: (TokenURI) -> String?
    /// What stands for inline media beyond the limit.
    var inlineStandIn: String?

    /// The longest `data:` URL repeated in the view where something else can stand for it.
    static let inlineLimit = 64 * 1024

    /// The URL of a field's value.
    func url(of value: JSONValue) -> String? {
        MediaField.first(in: value, url(of:))
    }

    func url(of text: String) -> String? {
        guard let uri = MediaField.uri(of: text, for: token) else { return nil }
        return switch uri {
        case .http(let url): url
        case .data(let mediaType, let bytes): inlineURL(text, mediaType: mediaType, bytes: bytes)
        case .ipfs, .ipns, .arweave, .arweaveName, .unsupported: link(uri)
        }
    }

    private func inlineURL(_ text: String, mediaType: String, bytes: [UInt8]) -> String {
        if let inlineStandIn, bytes.count > Self.inlineLimit { return inlineStandIn }
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

/// Reads the media fields of documents.
enum MediaField {
    private static let urlMembers = ["url", "uri", "src", "href", "image", "original"]

    /// The first usable reading of a field's value: of a text, of an object that has one, or of an array that begins
    /// with one.
    static func first<Result>(in value: JSONValue, _ reading: (String) -> Result?) -> Result? {
        switch value.kind {
        case .string:
            return value.string.flatMap(reading)
        case .object:
            return urlMembers.lazy.compactMap { value[$0]?.string }.compactMap(reading).first
        case .array:
            return value.elements.lazy.prefix(1).compactMap { $0.string.flatMap(reading) }.first
        case .number, .boolean, .null:
            return nil
        }
    }

    /// What a text names, or holds: a URI, inline SVG; nil for what shows nothing.
    static func uri(of text: String, for token: TokenIdentifier) -> TokenURI? {
        switch TokenURI(parsing: text, for: token) {
        case .unsupported: nil
        // Raw JSON is understood in a token's URI; in a media field it shows nothing.
        case .data(let mediaType, let bytes) where mediaType == "application/json" || bytes.isEmpty: nil
        case let uri: uri
        }
    }
}
