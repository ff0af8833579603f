/// Recognises the forms in which URIs of tokens occur.
enum TokenURIParser {
    static func parse(_ text: String, token: TokenIdentifier?, form: IdentifierForm) -> TokenURI {
        let bytes = URICleaning.cleaned(text)
        guard !bytes.isEmpty else { return .unsupported(reason: "the URI is empty") }
        if let inline = inlineContent(bytes) { return inline }
        let uri = IdentifierTemplate.fill(URICleaning.withoutLineBreaks(bytes), with: token, as: form)
        guard uri.count <= TokenURI.lengthLimit else {
            return .unsupported(reason: "the URI is longer than \(TokenURI.lengthLimit) bytes")
        }
        guard let (scheme, rest) = scheme(of: uri) else { return withoutScheme(uri[...]) }
        switch scheme {
        case "ipfs":
            return ContentURIParser.ipfs(rest) ?? content(within: rest)
                ?? .unsupported(reason: "the ipfs URI has no valid CID")
        case "ipns": return ContentURIParser.ipns(rest)
        case "ar": return ContentURIParser.arweave(rest)
        case "http", "https": return WebURIParser.parse(rest, scheme: scheme)
        default: return unknownScheme(scheme, rest)
        }
    }

    static func hasIdentifierTemplate(_ text: String) -> Bool {
        let bytes = URICleaning.cleaned(text)
        guard !bytes.isEmpty, bytes.count <= TokenURI.lengthLimit, inlineContent(bytes) == nil else { return false }
        return IdentifierTemplate.hasIdentifier(in: URICleaning.withoutLineBreaks(bytes)[...])
    }

    /// Content given in place of a URI: `data:`, or JSON or SVG as they are.
    private static func inlineContent(_ bytes: [UInt8]) -> TokenURI? {
        if hasPrefix(bytes[...], "data:") {
            guard let (mediaType, content) = DataURI.decode(bytes.dropFirst(5)) else {
                return .unsupported(reason: "the data URI cannot be decoded")
            }
            return .data(mediaType: mediaType, bytes: content)
        }
        if bytes[0] == JSONByte.openBrace { return .data(mediaType: "application/json", bytes: bytes) }
        if hasPrefix(bytes[...], "<svg") { return .data(mediaType: "image/svg+xml", bytes: bytes) }
        if hasPrefix(bytes[...], "json:") {
            let content = bytes.dropFirst(5).drop(while: JSONByte.isWhitespace)
            if content.first == JSONByte.openBrace {
                return .data(mediaType: "application/json", bytes: Array(content))
            }
        }
        return nil
    }

    /// The scheme in lower case and what follows its colon; nil when the text does not begin with one.
    static func scheme(of uri: [UInt8]) -> (String, ArraySlice<UInt8>)? {
        guard let colon = uri.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let name = uri[..<colon].map { $0 | 0x20 }
        guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(name[0]), uri[..<colon].allSatisfy(isSchemeByte) else {
            return nil
        }
        return (String(decoding: name, as: UTF8.self), uri[(colon + 1)...])
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func withoutScheme(_ uri: ArraySlice<UInt8>) -> TokenURI {
        let path = uri.drop { $0 == UInt8(ascii: "/") }
        if hasPrefix(path, "ipns/") { return ContentURIParser.ipns(path.dropFirst(5)) }
        if let content = ContentURIParser.ipfs(path) ?? content(within: path) { return content }
        if uri.starts(with: "//".utf8) { return .unsupported(reason: "the URI has a host but no scheme") }
        return .unsupported(reason: "the URI has no scheme")
    }

    /// Takes the content identifier out of a URI with a mistyped or foreign scheme, when it holds a valid one.
    private static func unknownScheme(_ scheme: String, _ rest: ArraySlice<UInt8>) -> TokenURI {
        if let content = content(within: rest) { return content }
        if namesOfTokens.contains(scheme) {
            return .unsupported(reason: "the URI names another token, not a document")
        }
        return .unsupported(reason: "the scheme '\(boundedText(scheme, limit: 20))' is not supported")
    }

    /// Schemes whose URIs identify tokens (CAIP-19, DID NFT).
    private static let namesOfTokens: Set<String> = ["did", "eip155"]

    /// The content that a path names in the middle of what is no URL.
    private static func content(within text: ArraySlice<UInt8>) -> TokenURI? {
        let isMarker = { (index: Int) in text[index] == UInt8(ascii: "/") && hasPrefix(text[index...], "/ipfs/") }
        return text.indices.lazy.filter(isMarker).prefix(markersLimit)
            .compactMap { ContentURIParser.ipfs(text[($0 + 6)...]) }.first
    }

    /// How many places are looked at; keeps the time to read a hostile text linear.
    private static let markersLimit = 4
}

/// Whether bytes begin with an ASCII text, letters compared without case.
func hasPrefix(_ bytes: ArraySlice<UInt8>, _ prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { prefix in
        bytes.count >= prefix.count
            && zip(bytes, prefix).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && isLetter($1)) }
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}
