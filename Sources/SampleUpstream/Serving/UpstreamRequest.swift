/// A request as far as the answer depends on it.
struct UpstreamRequest: Sendable {
    var method: String
    /// Without the query.
    var path: String
    var query: String?
    /// A provider's key: what came in `X-API-Key`, or in `Authorization` after `Bearer `.
    var credential: String?
    var ifNoneMatch: String?
    var ifModifiedSince: String?
    var body: [UInt8] = []

    /// Whether the client's copy is the current one (RFC 9110 section 13.2.2). Dates must match exactly.
    func hasCopy(of resource: Resource) -> Bool {
        guard resource.status == 200 else { return false }
        guard let ifNoneMatch else {
            return ifModifiedSince != nil && ifModifiedSince == resource.lastModified
        }
        guard let entityTag = resource.entityTag else { return false }
        return ifNoneMatch.split(separator: ",").contains { candidate in
            let tag = candidate.drop { $0 == " " }
            return tag == "*" || tag == entityTag || tag == "W/\(entityTag)"
        }
    }
}

/// The first parts of the paths that mean something here.
enum UpstreamPath {
    /// So, and with anything behind a slash, so that one chain can have several endpoints.
    static let rpc = "/rpc"
    static let control = "/control/"
    /// Followed by a name for the transaction, and the transaction itself.
    static let sandbox = "/sandbox/"

    static func isRPC(_ path: String) -> Bool { path == rpc || path.hasPrefix(rpc + "/") }

    /// Whether a path begins with the 43 characters of an Arweave transaction, as Arweave's own gateways have it.
    static func isTransaction(_ path: String) -> Bool {
        let name = path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        return name.count == 43
            && name.allSatisfy { character in
                switch character {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                case _: false
                }
            }
    }
}
