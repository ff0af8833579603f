extension Configuration {
    /// Who may sign in with a wallet, and for how long.
    public struct Sessions: Sendable {
        public var isEnabled: Bool
        /// The host that pages have, with its port unless that is the scheme's own; what messages must begin with.
        public var domain: String
        /// Scheme and authority of the pages that may sign in.
        public var origins: [String]
        /// EIP-155 numbers of the chains that messages may name.
        public var chains: [UInt64]
        /// From sign-in.
        public var ttl: Duration
        /// From the last use.
        public var idle: Duration
        /// How long a nonce may be used, and how old a message may be.
        public var nonceTTL: Duration
        /// Of one client.
        public var requestsPerMinute: Int
        /// Of one wallet.
        public var signInsPerMinute: Int
    }
}

extension Configuration.Sessions {
    init(reading reader: MappingReader, chains: [Configuration.Chain]) {
        isEnabled = reader.boolean("enabled", default: false)
        domain = reader.string("domain", default: "")
        let given = reader.strings("origins", default: [])
        origins = given.isEmpty && !domain.isEmpty ? ["https://\(domain)"] : given
        let names = reader.strings("chains", default: [])
        self.chains = names.isEmpty ? chains.map(\.id) : names.compactMap { Self.number(of: $0, among: chains) }
        ttl = reader.duration("ttl", default: .seconds(7 * 86_400))
        idle = reader.duration("idle", default: min(.seconds(86_400), ttl))
        nonceTTL = reader.duration("nonce_ttl", default: .seconds(300))
        requestsPerMinute = reader.integer("requests_per_minute", default: 60, in: 1...100_000)
        signInsPerMinute = reader.integer("sign_ins_per_minute", default: 10, in: 1...100_000)
        if self.chains.count != (names.isEmpty ? chains.count : names.count) {
            reader.report("must be names of chains of this file, or EIP-155 numbers", key: "chains")
        }
        reportTimes(reader)
        if isEnabled { reportPlaces(reader) }
        reader.finish()
    }

    private static func number(of name: String, among chains: [Configuration.Chain]) -> UInt64? {
        chains.first { $0.name == name }?.id ?? UInt64(name).flatMap { $0 > 0 ? $0 : nil }
    }

    private func reportTimes(_ reader: MappingReader) {
        if ttl < .seconds(60) || ttl > .seconds(90 * 86_400) { reader.report("must be from 1m to 90d", key: "ttl") }
        if idle < .seconds(60) || idle > ttl { reader.report("must be from 1m to sessions.ttl", key: "idle") }
        if nonceTTL < .seconds(10) || nonceTTL > .seconds(3600) {
            reader.report("must be from 10s to 1h", key: "nonce_ttl")
        }
    }

    /// What would make signing in unsafe, or impossible.
    private func reportPlaces(_ reader: MappingReader) {
        if domain.isEmpty {
            reader.report("is needed when sessions are enabled: the host of the pages that sign in", key: "domain")
        } else if RouteUpstream("https://\(domain)").map({ $0.authority != domain || $0.path.count > 1 }) ?? true {
            reader.report(
                "must be a host in lower case, with a port unless it is 443, such as app.example.com", key: "domain")
        }
        for origin in origins where !origin.isEmpty && !domain.isEmpty {
            guard let fault = Self.fault(in: origin) else { continue }
            reader.report("\(MappingReader.quoted(origin)) \(fault)", key: "origins")
        }
        if !domain.isEmpty, !origins.contains(where: { $0.hasSuffix("://\(domain)") }) {
            reader.report(
                "must have an origin at sessions.domain: wallets warn of messages for another host", key: "origins")
        }
        if chains.isEmpty { reader.report("needs at least one chain", key: "chains") }
    }

    private static func fault(in origin: String) -> String? {
        if origin == "*" { return "would let every page act for whoever is signed in" }
        guard let read = RouteUpstream(origin), read.origin == origin else {
            return "must be a scheme and a host in lower case, such as https://app.example.com"
        }
        let isLocal = ["localhost", "127.0.0.1", "::1"].contains(read.host) || read.host.hasSuffix(".localhost")
        return read.scheme == "https" || isLocal ? nil : "must be https:// outside this machine, where cookies are safe"
    }
}
