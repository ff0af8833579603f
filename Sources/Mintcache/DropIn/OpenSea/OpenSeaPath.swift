/// `/opensea/api/v2/chain/{chain}/contract/{address}/nfts/{identifier}`, with an optional `/refresh`, taken apart.
struct OpenSeaPath: Sendable {
    let chain: String
    let contract: String
    let token: String
    let isRefresh: Bool

    /// What `Allow` says.
    var allowed: String { isRefresh ? "POST, OPTIONS" : "GET, HEAD, OPTIONS" }

    /// `nil` when the path has another shape. A slash at the end is taken for none.
    init?(_ path: String) {
        var parts = CanonicalPath.unreserved(path).split(separator: "/", omittingEmptySubsequences: false)
        if parts.last == "" { parts.removeLast() }
        isRefresh = parts.count == 11 && parts[10] == "refresh"
        guard parts.count == 10 || isRefresh, parts.starts(with: ["", "opensea", "api", "v2", "chain"]),
            parts[6] == "contract", parts[8] == "nfts"
        else { return nil }
        chain = String(parts[5])
        contract = String(parts[7])
        token = String(parts[9])
    }
}
