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
    let reading: MediaReading
    /// The URL under which content lies, for URIs that are not URLs.
    let link: (TokenURI) -> String?
    /// What stands for inline media beyond the limit.
    var inlineStandIn: String?

    /// The longest `data:` URL repeated in the view where something else can stand for it.
    static let inlineLimit = 64 * 1024

    /// The URL of the first place in a field's value that has one.
    func url(of value: JSONValue) -> String? {
        MediaPlace.places(in: value).lazy.compactMap { url(of: $0.text) }.first
    }

    func url(of text: String) -> String? {
        guard let uri = reading.uri(of: text) else { return nil }
        return switch uri {
        case .http(let url): url
        case .data(let mediaType, let bytes): inlineURL(text, mediaType: mediaType, bytes: bytes)
        case .ipfs, .ipns, .arweave, .arweaveName, .unsupported: link(uri)
        }
    }

    private func inlineURL(_ text: String, mediaType: String, bytes: [UInt8]) -> String {
        if let inlineStandIn, bytes.count > Self.inlineLimit { return inlineStandIn }
        let uri = URICleaning.cleaned(text)
        // Browsers are stricter than this reader: what they would read otherwise is written anew.
        guard !DataURI.isRead(uri, byBrowsersAs: mediaType, bytes) else { return String(decoding: uri, as: UTF8.self) }
        var url = Array("data:\(mediaType);base64,".utf8)
        url += Base64.encode(bytes)
        return String(decoding: url, as: UTF8.self)
    }
}

/// Understands the texts of media fields.
struct MediaReading {
    /// What the media are to be shown in.
    enum Use {
        /// An image element, which runs nothing.
        case image
        /// A player, a viewer, or a frame of an origin of its own.
        case animation
    }

    /// The token whose number replaces `{id}`, as ERC-1155 demands in every value of the document.
    let token: TokenIdentifier
    let use: Use
    /// Where the document lies; what relative references are relative to.
    var document: TokenURI?

    /// What a text names, or holds: a URI, inline SVG; nil for what shows nothing, or would run.
    func uri(of text: String) -> TokenURI? {
        switch TokenURI(parsing: text, for: token) {
        case .unsupported: document?.resolving(text, for: token)
        case .data(let mediaType, let bytes):
            shownType(of: bytes, declared: mediaType).map { .data(mediaType: $0, bytes: bytes) }
        case let uri: uri
        }
    }

    /// The media type inline content is shown as. Images are often mislabelled, as text or as `application/svg+xml`.
    private func shownType(of bytes: [UInt8], declared: String) -> String? {
        guard !bytes.isEmpty else { return nil }
        if declared.hasPrefix("image/") { return declared }
        if let sniffed = MediaType.sniffed(bytes), sniffed.hasPrefix("image/") { return sniffed }
        let isShown = use == .animation && Self.shown.contains(where: declared.hasPrefix)
        return isShown ? declared : nil
    }

    /// Pages count: artwork on chain often is one, and a `data:` URL has no origin to attack.
    private static let shown = ["video/", "audio/", "model/", "text/html", "text/plain", "application/ogg"]
}
