import EventLoops
import Tokens

/// Everything that can be asked for under one base URL: a chain, an IPFS and an Arweave gateway, a web host.
struct SampleInternet: Sendable {
    let baseURL: String
    let chain: SampleChain
    /// By path: `/ipfs/{cid}`, `/ipns/{name}`, `/ar/{txid}`, `/web/{site}`.
    private let folders: [String: any ContentFolder]
    let listings: [CollectionListing]

    init(baseURL: String, corpus: Corpus?, revisions: LanternRevisions, history: ChainHistory) {
        self.baseURL = baseURL
        let bundled = BundledCollections(baseURL: baseURL, revisions: revisions)
        let contracts = bundled.contracts + (corpus?.contracts ?? [])
        chain = SampleChain(
            contracts: Dictionary(contracts.map { ($0.address, $0) }) { first, _ in first }, history: history)
        let own = bundled.folders.merging(Notice.folders) { first, _ in first }
        folders = own.merging(corpus?.folders ?? [:]) { first, _ in first }
        listings = bundled.listings
    }

    /// What a GET of a path finds, as the host behind it would send it; never a missing answer.
    func resource(at path: String) -> Resource {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).map { String($0) }
        let name = parts.count > 2 ? parts[2] : ""
        switch parts.first {
        case "ipfs": return ipfs(parts.count > 1 ? parts[1] : "", name, path)
        case "ipns": return folder("/ipns", parts.count > 1 ? parts[1] : "", name)
        case "ar": return arweave(parts.count > 1 ? parts[1] : "", name)
        case "web": return folder("/web", parts.count > 1 ? parts[1] : "", name)
        case _: return .status(404, "nothing is here")
        }
    }

    /// The path gateway of IPFS: `Cache-Control` and `Etag` as its specification requires them.
    private func ipfs(_ text: String, _ name: String, _ path: String) -> Resource {
        guard let identifier = CID(text) else {
            // Some hosts have such a path of their own.
            return folders["/ipfs/\(text)"]?.resource(named: name)
                ?? .status(400, "invalid path: \"\(path)\": not a CID")
        }
        guard var resource = folders["/ipfs/\(identifier.canonical)"]?.resource(named: name) else {
            return .status(404, "ipfs resolve -r \(path): no link named \"\(name)\"")
        }
        resource.cacheControl = "public, max-age=29030400, immutable"
        resource.entityTag = resource.entityTag ?? "\"\(ContentIdentifier.raw(resource.body))\""
        resource.fields += [("X-Ipfs-Path", path), ("X-Ipfs-Roots", identifier.canonical)]
        return resource
    }

    private func arweave(_ transaction: String, _ name: String) -> Resource {
        guard var resource = folders["/ar/\(transaction)"]?.resource(named: name) else {
            return .status(404, "Not Found")
        }
        resource.cacheControl = "public, max-age=2592000, immutable"
        resource.entityTag = resource.entityTag ?? Self.digestTag(resource.body)
        return resource
    }

    /// What may change: a site of the web host, or what a name on IPFS leads to.
    private func folder(_ root: String, _ site: String, _ name: String) -> Resource {
        guard var resource = folders["\(root)/\(site)"]?.resource(named: name) else { return .status(404, "Not Found") }
        guard resource.status == 200 else { return resource }
        resource.cacheControl = resource.cacheControl ?? "public, max-age=60"
        resource.entityTag = resource.entityTag ?? Self.digestTag(resource.body)
        resource.lastModified = resource.lastModified ?? "Mon, 01 Jan 2024 00:00:00 GMT"
        return resource
    }

    private static func digestTag(_ body: [UInt8]) -> String {
        "\"\(HexText.encode(SHA256.hash(body).prefix(8)).dropFirst(2))\""
    }
}
