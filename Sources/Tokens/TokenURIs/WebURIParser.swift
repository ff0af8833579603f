/// Reads `http:` and `https:` URLs, and recognises gateways of IPFS and Arweave in them.
enum WebURIParser {
    /// - Parameter text: what follows the colon of the scheme.
    static func parse(_ text: ArraySlice<UInt8>, scheme: String) -> TokenURI {
        let rest = text.drop { $0 == UInt8(ascii: "/") }
        let (authority, tail) = ContentURIParser.firstComponent(rest)
        guard !authority.contains(UInt8(ascii: "@")) else {
            return .unsupported(reason: "the URL carries credentials")
        }
        guard let host = host(of: authority) else { return .unsupported(reason: "the URL has no valid host") }
        if let content = content(host: host, tail: tail) { return content }
        let pathEnd = tail.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? tail.endIndex
        var url = Array(scheme.utf8) + "://".utf8 + authority.map(lowercased)
        url += PercentEncoding.encodeOnce(tail[..<pathEnd], in: .path)
        url += ContentPath.encodedSuffix(tail[pathEnd...])
        return .http(String(decoding: url, as: UTF8.self))
    }

    /// The URL of an address that begins with a host; nil when that may as well be a word, a number or a file.
    static func url(withoutScheme text: [UInt8]) -> String? {
        let isRooted = text.starts(with: "//".utf8)
        let address = isRooted ? text.dropFirst(2) : text[...]
        guard address.first != UInt8(ascii: "/"), isRooted || !RelativeReference.isOne(text) else { return nil }
        let (authority, _) = ContentURIParser.firstComponent(address)
        guard let labels = host(of: authority)?.split(separator: "."), labels.count > 1, let last = labels.last?.utf8,
            last.count > 1, last.allSatisfy({ $0 &- UInt8(ascii: "a") < 26 }),
            case .http(let url) = parse(address, scheme: "https")
        else { return nil }
        return url
    }

    /// The host in lower case, without the port; nil when the authority is not a host and a port.
    private static func host(of authority: ArraySlice<UInt8>) -> String? {
        var host = authority
        var port = authority[authority.endIndex...]
        if let colon = authority.lastIndex(of: UInt8(ascii: ":")), authority.last != UInt8(ascii: "]") {
            host = authority[..<colon]
            port = authority[(colon + 1)...]
            guard isPort(port) else { return nil }
        }
        let isLiteral = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        let name = isLiteral ? host.dropFirst().dropLast() : host
        guard !name.isEmpty, name.allSatisfy({ isHostByte($0) || (isLiteral && $0 == UInt8(ascii: ":")) }) else {
            return nil
        }
        return String(decoding: host, as: UTF8.self).lowercased()
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 5, let number = UInt256(decimalDigits: Array(text).span)?.exactly64 else { return false }
        return (1...65535).contains(number)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The content that a gateway's URL names; nil when it names none, as a path that merely begins with `/ipfs/`.
    private static func content(host: String, tail: ArraySlice<UInt8>) -> TokenURI? {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let tail = withoutGatewaySecrets(tail)
        if labels.count >= 3, labels[1] == "ipfs", let cid = CID(labels[0]) {
            return ContentPath.normalized(tail).map { .ipfs(cid, path: $0) }
        }
        if hasPrefix(tail, "/ipfs/") {
            return ContentURIParser.ipfs(tail.dropFirst(6)).flatMap(onlyContent)
        }
        if host == "arweave.net" || host.hasSuffix(".arweave.net") {
            return onlyContent(ContentURIParser.arweave(tail))
        }
        return nil
    }

    private static func onlyContent(_ uri: TokenURI) -> TokenURI? {
        switch uri {
        case .ipfs, .arweave: uri
        case .ipns, .arweaveName, .http, .data, .unsupported: nil
        }
    }

    /// Drops the access token of a private gateway from the query: it has no business in another gateway's log.
    private static func withoutGatewaySecrets(_ tail: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let mark = tail.firstIndex(of: UInt8(ascii: "?")) else { return tail }
        let end = tail[mark...].firstIndex(of: UInt8(ascii: "#")) ?? tail.endIndex
        let parameters = tail[(mark + 1)..<end].split(separator: UInt8(ascii: "&"))
        let kept = parameters.filter { !hasPrefix($0, "pinatagatewaytoken=") }
        guard kept.count < parameters.count else { return tail }
        let query = kept.isEmpty ? [] : [UInt8(ascii: "?")] + kept.joined(separator: [UInt8(ascii: "&")])
        return tail[..<mark] + query + tail[end...]
    }
}
