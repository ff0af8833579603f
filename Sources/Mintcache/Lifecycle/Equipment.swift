import Caching
import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// Makes what a reload may change from a configuration.
struct EquipmentMaker: Sendable {
    let fetchLoop: EventLoop
    let time: TimeSource
    let standards = StandardMemory()
    let placeholders = PlaceholderDetector()
    let gateways = GatewayTable()

    func clients(_ configuration: Configuration.Upstream) -> UpstreamClients {
        var options = UpstreamOptions()
        options.connectTimeout = configuration.connectTimeout
        options.timeout = configuration.timeout
        options.maximumBodyBytes = configuration.maximumBody.value
        options.retries = configuration.retries
        options.connectionsPerHost = configuration.connectionsPerHost
        options.allowPrivateNetworks = configuration.allowPrivateNetworks
        options.allowHosts = configuration.allowHosts.compactMap { HostPattern($0) }
        options.denyHosts = configuration.denyHosts.compactMap { HostPattern($0) }
        options.userAgent = "mintcache/\(Version.number)"
        var forRoutes = options
        // Bodies are on their way for as long as clients take to read them.
        forRoutes.maximumInFlight = 1024
        forRoutes.connectionsPerHost = max(options.connectionsPerHost, 256)
        return UpstreamClients(
            configured: UpstreamClient(loop: fetchLoop, options: options),
            strangers: UpstreamClient(loop: fetchLoop, options: options),
            routes: UpstreamClient(loop: fetchLoop, options: forRoutes))
    }

    func equipment(_ configuration: Configuration, clients: UpstreamClients) -> FlightBoard.Equipment {
        FlightBoard.Equipment(
            resolver: resolver(configuration, clients: clients), placeholders: placeholders,
            renderer: renderer(configuration), rules: rules(configuration))
    }

    private func resolver(_ configuration: Configuration, clients: UpstreamClients) -> TokenResolver {
        let pairs = configuration.chains.map { (ChainIdentifier(eip155: $0.id), $0) }
        let chains = Dictionary(pairs) { first, _ in first }
        let onchain = OnchainSource(
            chain: { chains[$0] }, caller: ContractCaller(client: clients.configured, standards: standards),
            fetcher: DocumentFetcher(clients: clients, gateways: configuration.gateways))
        let maker = RecordMaker(lifetimes: lifetimes(configuration), placeholders: placeholders, time: time)
        return TokenResolver(
            plan: { _ in TokenResolver.Plan(sources: [onchain]) }, maker: maker, timeout: configuration.upstream.timeout
        )
    }

    private func lifetimes(_ configuration: Configuration) -> @Sendable (TokenReference) -> LifetimePolicy {
        let common = LifetimePolicy(configuration.cache)
        let overrides = configuration.collections.compactMap { collection -> (CollectionKey, LifetimePolicy)? in
            guard let ttl = collection.ttl, let key = CollectionKey(collection, in: configuration) else { return nil }
            return (key, common.keepingDocuments(for: ttl))
        }
        let lifetimes = Dictionary(overrides) { _, last in last }
        return { lifetimes[CollectionKey(chain: $0.chain, contract: $0.contract)] ?? common }
    }

    private func renderer(_ configuration: Configuration) -> AnswerRenderer {
        AnswerRenderer(
            media: MediaAddresses(configuration),
            memoryTTL: configuration.cache.memory.ttl.wholeMilliseconds,
            errorTTL: configuration.cache.errorTTL.wholeMilliseconds, digest: EntityDigest.text)
    }

    private func rules(_ configuration: Configuration) -> FlightBoard.Rules {
        let staleness = StalenessPolicy(
            staleWhileRevalidate: configuration.cache.staleWhileRevalidate,
            staleIfError: configuration.cache.staleIfError)
        return FlightBoard.Rules(
            staleness: staleness, lifetimes: LifetimePolicy(configuration.cache),
            errorTTL: configuration.cache.errorTTL.wholeMilliseconds,
            redisTimeout: configuration.cache.redis.timeout, archiveTimeout: .seconds(1))
    }
}

extension MediaAddresses {
    init(_ configuration: Configuration) {
        self.init(
            ipfsGateway: configuration.gateways.ipfs.first(where: \.isPublic)?.url ?? "https://ipfs.io",
            arweaveGateway: configuration.gateways.arweave.first(where: \.isPublic)?.url ?? "https://arweave.net",
            publicURL: configuration.server.publicURL)
    }
}

extension Configuration.Endpoint {
    /// Whether clients may be sent there: nothing about it is a secret, and everybody gets an answer.
    fileprivate var isPublic: Bool {
        guard headers.isEmpty, let origin = url.firstRange(of: "://")?.upperBound else { return false }
        let path = url[origin...].drop { $0 != "/" && $0 != "?" && $0 != "#" }
        return path.isEmpty || path == "/"
    }
}

extension LifetimePolicy {
    fileprivate init(_ cache: Configuration.Cache) {
        self.init(
            [
                .document: cache.ttl, .immutable: cache.immutableTTL, .placeholder: cache.placeholderTTL,
                .missing: cache.negativeTTL, .malformed: cache.malformedTTL, .refused: cache.refusedTTL,
                .failure: cache.errorTTL,
            ], growthLimit: cache.ttlGrowth, jitterPercent: cache.ttlJitterPercent)
    }
}

/// A contract on a chain.
struct CollectionKey: Hashable, Sendable {
    let chain: ChainIdentifier
    let contract: ContractAddress

    init(chain: ChainIdentifier, contract: ContractAddress) {
        self.chain = chain
        self.contract = contract
    }

    /// `nil` for what the configuration's own checks have refused.
    init?(_ collection: Configuration.Collection, in configuration: Configuration) {
        guard let chain = configuration.chains.first(where: { $0.name == collection.chain }),
            let contract = try? ContractAddress(parsing: collection.contract)
        else { return nil }
        self.init(chain: ChainIdentifier(eip155: chain.id), contract: contract)
    }
}
