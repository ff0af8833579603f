/// Where a token's metadata or media lies, after undoing what contracts and documents do to URIs.
///
/// The `path` of a case is empty or begins with `/`, `?` or `#`, is percent-encoded exactly once, holds query and
/// fragment too, and has no dot segments.
public enum TokenURI: Hashable, Sendable {
    /// Content on IPFS: immutable, from any gateway.
    case ipfs(CID, path: String)
    /// A mutable name on IPFS: a key or a domain.
    case ipns(name: String, path: String)
    /// A transaction on Arweave: immutable, from any gateway.
    case arweave(identifier: String, path: String)
    /// A name on Arweave (ArNS), whose owner decides what it leads to.
    case arweaveName(name: String, path: String)
    /// An absolute `http:` or `https:` URL without credentials.
    case http(String)
    /// The content itself, carried in the URI.
    case data(mediaType: String, bytes: [UInt8])
    /// Nothing that can be fetched. The reason is for the client and never repeats the URI.
    case unsupported(reason: String)

    /// The longest URI accepted, except for one that carries its content.
    static let lengthLimit = 8192

    /// Understands a URI as a contract or a metadata document gives it.
    ///
    /// - Parameters:
    ///   - token: whose number replaces `{id}`, and in decimal `$TOKEN_ID`.
    ///   - form: how the number is written for `{id}`; by ERC-1155 it is padded, but not every host knows that.
    public init(parsing text: String, for token: TokenIdentifier? = nil, as form: IdentifierForm = .paddedHex) {
        self = TokenURIParser.parse(text, token: token, form: form)
    }

    /// Whether a URI has a place for the token's number, so that another form of it leads elsewhere.
    public static func hasIdentifierTemplate(_ text: String) -> Bool {
        TokenURIParser.hasIdentifierTemplate(text)
    }

    /// The URL that is meant by an address of the web without its scheme, such as `www.example.com/a`; nil for a text
    /// that is none beyond doubt. Good for links alone: what is fetched is never guessed.
    static func webAddress(_ text: String) -> String? {
        WebURIParser.url(withoutScheme: URICleaning.withoutLineBreaks(URICleaning.cleaned(text)))
    }

    /// Whether the URI determines the content for ever.
    public var isImmutable: Bool {
        switch self {
        case .ipfs, .arweave, .data: true
        case .ipns, .arweaveName, .http, .unsupported: false
        }
    }

    /// The URL to fetch; nil for content that is inline or unsupported.
    ///
    /// - Parameters:
    ///   - ipfsGateway: base URL of a path gateway, such as `https://ipfs.io`, with or without a slash at the end.
    ///   - arweaveGateway: base URL of an Arweave gateway, such as `https://arweave.net`. A name becomes a host below
    ///     the gateway's, chosen by whoever wrote the URI: it deserves no more trust than any other URL.
    public func url(ipfsGateway: String, arweaveGateway: String) -> String? {
        switch self {
        case .ipfs(let cid, let path): Self.base(ipfsGateway) + "/ipfs/" + cid.text + path
        case .ipns(let name, let path): Self.base(ipfsGateway) + "/ipns/" + name + path
        case .arweave(let identifier, let path): Self.base(arweaveGateway) + "/" + identifier + path
        case .arweaveName(let name, let path): Self.subdomain(name, of: arweaveGateway).map { $0 + path }
        case .http(let url): url
        case .data, .unsupported: nil
        }
    }

    /// One text for everything that names the same content; nil for content that is inline or unsupported.
    public var canonical: String? {
        switch self {
        case .ipfs(let cid, let path): "ipfs://" + cid.canonical + Self.rooted(path)
        case .ipns(let name, let path): "ipns://" + name + Self.rooted(path)
        case .arweave(let identifier, let path): "ar://" + identifier + Self.rooted(path)
        case .arweaveName(let name, let path): "ar://" + name + Self.rooted(path)
        case .http(let url): url
        case .data, .unsupported: nil
        }
    }

    private static func base(_ gateway: String) -> Substring {
        var base = gateway[...]
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    /// Gateways serve a name as a host below their own; nil for one that is reached by a path or by a number.
    private static func subdomain(_ name: String, of gateway: String) -> String? {
        guard case .http(let url) = TokenURI(parsing: String(base(gateway))),
            let authority = url.firstRange(of: "://")?.upperBound
        else { return nil }
        let host = url[authority...]
        let isNumber = host.hasPrefix("[") || host.prefix { $0 != ":" }.allSatisfy { $0.isNumber || $0 == "." }
        guard !isNumber, !host.contains("/"), !host.contains("?"), !host.contains("#") else { return nil }
        return url[..<authority] + name + "." + host
    }

    private static func rooted(_ path: String) -> String {
        path.hasPrefix("/") ? path : "/" + path
    }
}
