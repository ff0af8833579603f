/// Reads what follows the scheme of URIs that name content rather than a host.
enum ContentURIParser {
    /// `CID/path` after any number of slashes and of `ipfs/`; nil without a valid content identifier.
    static func ipfs(_ text: ArraySlice<UInt8>) -> TokenURI? {
        var rest = withoutSlashes(text)
        while hasPrefix(rest, "ipfs/") { rest = withoutSlashes(rest.dropFirst(5)) }
        if hasPrefix(rest, "ipns/") { return ipns(rest.dropFirst(5)) }
        let (name, tail) = firstComponent(rest)
        guard let cid = CID(String(decoding: name, as: UTF8.self)) else { return nil }
        // The hash of a key names what its owner publishes, which changes.
        guard !cid.isKey else { return ipns(rest) }
        return ContentPath.normalized(tail).map { .ipfs(cid, path: $0) } ?? leavesContent
    }

    static func ipns(_ text: ArraySlice<UInt8>) -> TokenURI {
        var rest = withoutSlashes(text)
        while hasPrefix(rest, "ipns/") { rest = withoutSlashes(rest.dropFirst(5)) }
        let (name, tail) = firstComponent(rest)
        guard !name.isEmpty, name.allSatisfy(isNameByte), name.contains(where: { $0 != UInt8(ascii: ".") }) else {
            return .unsupported(reason: "the ipns URI has no valid name")
        }
        let text = String(decoding: name, as: UTF8.self)
        return ContentPath.normalized(tail).map { .ipns(name: text, path: $0) } ?? leavesContent
    }

    static func arweave(_ text: ArraySlice<UInt8>) -> TokenURI {
        let (name, tail) = firstComponent(withoutSlashes(text))
        let identifier = String(decoding: name, as: UTF8.self)
        let path = ContentPath.normalized(tail)
        if isTransaction(name) { return path.map { .arweave(identifier: identifier, path: $0) } ?? leavesContent }
        guard isArweaveName(name) else {
            return .unsupported(reason: "the ar URI has neither a transaction id of 43 characters nor a name")
        }
        return path.map { .arweaveName(name: identifier, path: $0) } ?? leavesContent
    }

    /// Whether a text is the identifier of a transaction: 32 bytes in base64url, whose last digit has two bits to spare.
    static func isTransaction(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 43 && Base64.isURLSafe(text)
            && Base64.decodeLeniently(text).map { Base64.encode($0) }?[42] == text.last
    }

    /// Whether a text is a name of Arweave's name system: letters, digits and inner hyphens in one label of DNS, with
    /// names below another in front of a `_`. In lower case only: capitals are those of a broken transaction id.
    private static func isArweaveName(_ text: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(text.count) else { return false }
        let parts = text.split(separator: UInt8(ascii: "_"), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            let isHyphen = { (byte: UInt8?) in byte == UInt8(ascii: "-") }
            return !part.isEmpty && !isHyphen(part.first) && !isHyphen(part.last)
                && part.allSatisfy { isHyphen($0) || $0 &- UInt8(ascii: "0") < 10 || $0 &- UInt8(ascii: "a") < 26 }
        }
    }

    /// The text up to the first `/`, `?` or `#`, and the rest from there.
    static func firstComponent(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let end =
            text.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
            ?? text.endIndex
        return (text[..<end], text[end...])
    }

    private static let leavesContent = TokenURI.unsupported(reason: "the path has dot segments")

    private static func withoutSlashes(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.drop { $0 == UInt8(ascii: "/") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
