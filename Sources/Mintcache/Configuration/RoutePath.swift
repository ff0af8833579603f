/// What the path of a route may be: the normal form that the paths of requests are brought to before they are compared.
enum RoutePath {
    /// First parts of the paths that the proxy answers itself.
    private static let builtIn: Set<String> = [
        "admin", "alchemy", "ar", "auth", "healthz", "ipfs", "ipns", "opensea", "readyz", "v1",
    ]

    static func fault(in path: String) -> String? {
        guard path.hasPrefix("/"), path.hasSuffix("/") else { return "must begin and end with /" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().dropLast()
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) }) else { return "must not have empty, . or .. parts" }
        guard parts.allSatisfy({ $0.utf8.allSatisfy(isPathByte) }) else {
            return "may hold only letters, digits and -._~!$&'()*+,;=:@ between its slashes"
        }
        guard let first = parts.first, builtIn.contains(String(first)) else { return nil }
        return "lies inside /\(first), which the proxy answers itself"
    }

    /// RFC 3986, section 3.3, without percent-encoding.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case _: "-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}
