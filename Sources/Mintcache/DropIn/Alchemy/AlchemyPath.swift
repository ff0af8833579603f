/// `/alchemy/{network}/nft/v3/{key}/{call}`, taken apart.
struct AlchemyPath: Sendable {
    let network: String
    let key: String
    /// Nil for one that is not served here.
    let call: AlchemyCall.Name?

    /// `nil` when the path has another shape. A slash at the end is taken for none, as the provider takes it.
    init?(_ path: String) {
        var parts = CanonicalPath.unreserved(path).split(separator: "/", omittingEmptySubsequences: false)
        if parts.last == "" { parts.removeLast() }
        guard parts.count == 7, parts[0] == "", parts[1] == "alchemy", parts[3] == "nft", parts[4] == "v3" else {
            return nil
        }
        network = String(parts[2])
        key = String(parts[5])
        call = AlchemyCall.Name(rawValue: String(parts[6]))
    }
}
