extension TokenURI {
    /// What a relative reference in a document that lies here means (RFC 3986, section 5.2); nil for a text that is
    /// none beyond doubt, such as a host without a scheme or a word.
    func resolving(_ reference: String, for token: TokenIdentifier?) -> TokenURI? {
        let bytes = URICleaning.withoutLineBreaks(URICleaning.cleaned(reference))
        guard let base = base, RelativeReference.isOne(bytes) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let absolute =
            if text.hasPrefix("//") {
                base.scheme + ":" + text
            } else if text.hasPrefix("/") {
                base.root + text
            } else {
                base.root + RelativeReference.merged(text, with: base.path)
            }
        return switch TokenURI(parsing: absolute, for: token) {
        case .unsupported, .data: nil
        case let uri: uri
        }
    }

    /// The parts of a base URI; nil when content has no place, or no other content beside it.
    private var base: (scheme: String, root: String, path: Substring)? {
        guard let canonical, let end = canonical.firstRange(of: "://") else { return nil }
        let rest = canonical[end.upperBound...]
        let path = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        // A transaction or a block without a path is one document: nothing lies beside it.
        if case .http = self {} else if rest[path...].count <= 1 { return nil }
        let scheme = canonical[..<end.lowerBound].hasPrefix("http") ? String(canonical[..<end.lowerBound]) : "https"
        return (scheme, String(canonical[..<path]), rest[path...].prefix { $0 != "?" && $0 != "#" })
    }
}

enum RelativeReference {
    private static let endings: Set<String> = [
        "apng", "avif", "bmp", "gif", "glb", "gltf", "htm", "html", "jpeg", "jpg", "json", "m4a", "m4v", "mov", "mp3",
        "mp4", "ogg", "png", "svg", "wav", "webm", "webp",
    ]

    /// It begins with a slash or a dot segment, or it is a path to a file of media whose first part is not like a host.
    static func isOne(_ text: [UInt8]) -> Bool {
        guard !text.isEmpty, text.count <= TokenURI.lengthLimit, TokenURIParser.scheme(of: text) == nil else {
            return false
        }
        if ["/", "./", "../"].contains(where: { text.starts(with: $0.utf8) }) { return text.count > 1 }
        let path = text.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let segments = path.split(separator: UInt8(ascii: "/"))
        guard let name = segments.last, segments.count == 1 || !segments[0].contains(UInt8(ascii: ".")),
            let dot = name.lastIndex(of: UInt8(ascii: "."))
        else { return false }
        return endings.contains(String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
    }

    /// The reference in place of the base path's last segment, without dot segments.
    static func merged(_ reference: String, with base: Substring) -> String {
        let end = reference.firstIndex { $0 == "?" || $0 == "#" } ?? reference.endIndex
        var segments = base.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for segment in reference[..<end].split(separator: "/", omittingEmptySubsequences: false) {
            switch segment {
            case ".": continue
            case "..": if segments.count > 1 { segments.removeLast() }
            case _: segments.append(segment)
            }
        }
        let path = segments.joined(separator: "/")
        return (path.hasPrefix("/") ? path : "/" + path) + reference[end...]
    }
}
