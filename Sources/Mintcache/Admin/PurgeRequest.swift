import Caching
import HTTPCaching
import Tokens

/// What `POST /admin/purge` asks for.
struct PurgeRequest: Sendable {
    static let maximumTokens = 1000
    private static let longestText = 8 * 1024

    /// A route as purges name it.
    struct Place: Sendable {
        let name: String
        /// What the paths of its URLs begin with.
        let path: String
        let ignoredQuery: [QueryPattern]
    }

    var scopes: [PurgeScope]
    var isSoft: Bool

    /// Reads the JSON body. Throws what is wrong with it as a 400.
    init(parsing body: [UInt8], chains: ChainDirectory, places: [Place]) throws(Problem) {
        let body = try AdminBody(
            parsing: body,
            known: ["tokens", "chain", "contract", "route", "url", "prefix", "tag", "everything", "soft"])
        isSoft = try body.flag("soft")
        scopes = try Self.scopes(body, chains, places)
    }

    private static func scopes(
        _ body: AdminBody, _ chains: ChainDirectory, _ places: [Place]
    ) throws(Problem) -> [PurgeScope] {
        let root = body.root
        let kinds = ["tokens", "contract", "route", "tag", "everything"].filter { root[$0] != nil }
        let others = [("chain", "contract"), ("url", "route"), ("prefix", "route")].filter { root[$0.0] != nil }
        guard kinds.count == 1, let kind = kinds.first, others.allSatisfy({ $0.1 == kind }) else {
            throw .invalidRequest(
                "Give one of tokens, chain with contract, route (alone, with url or with prefix), tag, or everything.")
        }
        switch kind {
        case "tokens": return try tokens(root["tokens"], chains)
        case "contract":
            let chain = try chains.identifier(named: try text(root, "chain"))
            return [.contract(chain, try ChainDirectory.contract(parsing: try text(root, "contract"), on: chain))]
        case "route": return [try route(root, places)]
        case "tag": return [.tag(try tag(root))]
        case _:
            guard try body.flag("everything") else { throw .invalidRequest("everything must be true.") }
            return [.everything]
        }
    }

    private static func tokens(_ value: JSONValue?, _ chains: ChainDirectory) throws(Problem) -> [PurgeScope] {
        let elements = value.map { $0.kind == .array ? Array($0.elements) : [] } ?? []
        guard !elements.isEmpty, elements.count <= maximumTokens else {
            throw .invalidRequest("tokens must be 1 to \(maximumTokens) tokens; purge the contract for more.")
        }
        return try elements.map { element throws(Problem) in .token(try chains.reference(reading: element)) }
    }

    private static func route(_ root: JSONValue, _ places: [Place]) throws(Problem) -> PurgeScope {
        let name = try text(root, "route")
        guard let place = places.first(where: { $0.name == name }) else {
            let list = places.map(\.name).joined(separator: ", ")
            throw .invalidRequest("There is no route \(name.prefix(64)); there are: \(list).")
        }
        guard root["url"] == nil || root["prefix"] == nil else {
            throw .invalidRequest("Give url or prefix, not both.")
        }
        if root["url"] != nil { return .url(try target(root, "url", place), route: name) }
        if root["prefix"] != nil { return .prefix(try target(root, "prefix", place), route: name) }
        return .route(name)
    }

    /// Path and query in the spelling that answers are stored by.
    private static func target(_ root: JSONValue, _ member: String, _ place: Place) throws(Problem) -> String {
        let url = ResourceURL(
            scheme: "https", authority: Array("localhost".utf8), target: Array(try text(root, member).utf8),
            ignoring: place.ignoredQuery)
        guard let target = url?.pathAndQuery, target.hasPrefix(place.path) else {
            throw .invalidRequest(
                "\(member) must be a URL, or its path and query, that begins with \(place.path) on route \(place.name)."
            )
        }
        return target
    }

    private static func tag(_ root: JSONValue) throws(Problem) -> String {
        let tag = try text(root, "tag")
        guard tag.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x2C }) else {
            throw .invalidRequest("tag must be one tag, without spaces and commas.")
        }
        return tag
    }

    private static func text(_ root: JSONValue, _ name: String) throws(Problem) -> String {
        guard let text = root[name]?.string, !text.isEmpty, text.utf8.count <= longestText else {
            throw .invalidRequest("\(name) must be given as a string.")
        }
        return text
    }
}

extension Configuration {
    /// Everything whose answers can be purged by URL.
    var purgePlaces: [PurgeRequest.Place] {
        let content = ["ipfs", "ipns", "ar"].map { PurgeRequest.Place(name: $0, path: "/\($0)/", ignoredQuery: []) }
        return content
            + routes.map { route in
                PurgeRequest.Place(
                    name: route.name, path: route.path, ignoredQuery: route.cache.ignoredQuery.map { QueryPattern($0) })
            }
    }

    /// The moments before which nothing of tokens, and of anything else, is left in any tier.
    func longestKept(at now: Int64) -> (tokens: Int64, others: Int64) {
        let year: Int64 = 366 * 86_400_000
        return (tokens: now - longestUse, others: now - max(year, longestUse))
    }
}
