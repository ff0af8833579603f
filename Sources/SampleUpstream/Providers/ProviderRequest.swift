/// What a provider's API is asked.
struct ProviderRequest {
    /// The parts of the path after the provider's name.
    let parts: [String]
    /// Of each parameter the last value, not decoded.
    let query: [String: String]
    /// What came in `X-API-Key`, or in `Authorization` after `Bearer `.
    let key: String?

    init(_ request: UpstreamRequest) {
        parts = request.path.split(separator: "/").dropFirst().map { String($0) }
        let pairs = (request.query ?? "").split(separator: "&").map { parameter -> (String, String) in
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
        query = Dictionary(pairs) { _, last in last }
        key = request.credential
    }

    /// The parts, when they follow a pattern; those that it names by `*`.
    func match(_ pattern: String...) -> [String]? {
        guard parts.count == pattern.count else { return nil }
        guard zip(parts, pattern).allSatisfy({ $1 == "*" || $0 == $1 }) else { return nil }
        return zip(parts, pattern).filter { $1 == "*" }.map(\.0)
    }
}
