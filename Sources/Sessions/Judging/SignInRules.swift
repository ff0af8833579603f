/// What a message must say for this site to believe it.
public struct SignInRules: Sendable {
    /// How far another's clock may be ahead, in milliseconds.
    private static let clockTolerance: Int64 = 60_000

    /// As the message begins.
    public let domain: String
    /// Scheme and authority of the pages that may sign in, such as `https://app.example.com`.
    public let origins: [String]
    /// EIP-155 numbers.
    public let chains: Set<UInt64>
    /// How old a message may be, in milliseconds.
    public let window: Int64

    public init(domain: String, origins: [String], chains: Set<UInt64>, window: Int64) {
        self.domain = domain
        self.origins = origins
        self.chains = chains
        self.window = window
    }

    /// Throws the first thing that is wrong with what a message says. Its nonce and its signature are for others.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func judge(_ message: SignInMessage, at now: Int64) throws(SignInRefusal) {
        guard message.domain == domain else { throw .domain }
        if let scheme = message.scheme {
            guard origins.contains("\(scheme)://\(domain)") else { throw .scheme }
        }
        guard origins.contains(where: { Self.isURI(message.uri, at: $0) }) else { throw .uri }
        guard chains.contains(message.chain) else { throw .chain }
        guard message.issuedAt <= now + Self.clockTolerance, message.issuedAt > now - window else { throw .issuedAt }
        if let end = message.expirationTime, now >= end { throw .expired }
        if let beginning = message.notBefore, now < beginning { throw .notYetValid }
    }

    private static func isURI(_ uri: String, at origin: String) -> Bool {
        guard uri.hasPrefix(origin) else { return false }
        return uri.dropFirst(origin.count).first.map { "/?#".contains($0) } ?? true
    }
}
