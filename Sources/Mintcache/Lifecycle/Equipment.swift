import Caching
import EventLoops
import HTTPCaching
import Tokens
import UpstreamFetching

/// Makes what a reload may change from a configuration.
struct EquipmentMaker: Sendable {
    let fetchLoop: EventLoop
    let time: TimeSource
    let metrics: Metrics
    var documents: DocumentBoard
    var gatherers: CallGatherers
    var standards = StandardMemory()
    let placeholders = PlaceholderDetector()
    let gateways: GatewayTable
    var forms = IdentifierFormMemory()
    let states = SourceStates()
    let archive: any MetadataArchive
    let purges: PurgeBook
    let log: Logger

    /// The same with nothing remembered from before: what is explained shares no fetch and no call with anybody. Clients,
    /// budgets and the standing of gateways are everybody's.
    var forExplaining: EquipmentMaker {
        var maker = self
        maker.documents = DocumentBoard(loop: fetchLoop, metrics: metrics)
        maker.gatherers = CallGatherers(loop: fetchLoop, metrics: metrics)
        maker.standards = StandardMemory()
        maker.forms = IdentifierFormMemory()
        return maker
    }

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
        var forProviders = options
        // Every request may cost money; when one fails, the next source is asked.
        forProviders.retries = 0
        var forRoutes = options
        // Bodies are on their way for as long as clients take to read them.
        forRoutes.maximumInFlight = 1024
        forRoutes.connectionsPerHost = max(options.connectionsPerHost, 256)
        return UpstreamClients(
            configured: UpstreamClient(loop: fetchLoop, options: options),
            strangers: UpstreamClient(loop: fetchLoop, options: options),
            providers: UpstreamClient(loop: fetchLoop, options: forProviders),
            routes: UpstreamClient(loop: fetchLoop, options: forRoutes))
    }

    func equipment(_ configuration: Configuration, clients: UpstreamClients) -> FlightBoard.Equipment {
        FlightBoard.Equipment(
            resolver: resolver(configuration, clients: clients), placeholders: placeholders,
            renderer: AnswerRenderer(configuration), rules: rules(configuration))
    }

    func contractEquipment(_ configuration: Configuration, clients: UpstreamClients) -> ContractBoard.Equipment {
        let chains = ChainTable(configuration)
        let resolver = ContractResolver(
            chain: { chains[$0] }, caller: caller(configuration, clients), standards: standards,
            fetcher: fetcher(configuration, clients: clients),
            collections: CollectionTable(configuration), timeout: configuration.upstream.timeout)
        return ContractBoard.Equipment(
            resolver: resolver, renderer: AnswerRenderer(configuration), rules: rules(configuration),
            lifetimes: lifetimes(configuration))
    }

    func supplyReader(_ configuration: Configuration, _ clients: UpstreamClients) -> SupplyReader {
        let chains = ChainTable(configuration)
        return SupplyReader(
            chain: { chains[$0] }, caller: caller(configuration, clients), timeout: configuration.upstream.timeout)
    }

    private func caller(_ configuration: Configuration, _ clients: UpstreamClients) -> ContractCaller {
        ContractCaller(gatherers: gatherers, client: clients.configured, retries: configuration.upstream.retries)
    }

    func resolver(_ configuration: Configuration, clients: UpstreamClients) -> TokenResolver {
        let maker = RecordMaker(lifetimes: lifetimes(configuration), placeholders: placeholders, time: time)
        let states = states.states(of: configuration.sources.map(\.name) + [OnchainSource.name, ArchiveSource.name])
        let sources = sources(configuration, clients, states)
        let overrides = CollectionTable(configuration)
        let usual = configuration.sources.filter { !$0.isForCollectionsOnly }.compactMap { sources[$0.name] }
        return TokenResolver(
            plan: { reference in
                guard let collection = overrides[reference] else { return .init(sources: usual) }
                let own = collection.sources.compactMap { sources[$0] }
                return .init(sources: own.isEmpty ? usual : own, gateway: collection.gateway)
            }, maker: maker, states: states, timeout: configuration.upstream.timeout)
    }

    /// By name; those that every file has included.
    private func sources(
        _ configuration: Configuration, _ clients: UpstreamClients, _ states: [String: SourceState]
    ) -> [String: any TokenSource] {
        let chains = ChainTable(configuration)
        let fetcher = fetcher(configuration, clients: clients)
        let reader = TokenURIReader(caller: caller(configuration, clients), standards: standards)
        var sources: [String: any TokenSource] = [:]
        for source in [.onchain, .archive] + configuration.sources {
            switch source.kind {
            case .onchain:
                sources[source.name] = OnchainSource(
                    timeout: source.timeout, chain: { chains[$0] }, reader: reader, fetcher: fetcher,
                    specialContracts: SpecialContracts(configuration))
            case .archive:
                sources[source.name] = ArchiveSource(archive: archive, purges: purges, timeout: source.timeout)
            case .provider(let provider):
                sources[source.name] = ProviderSource(
                    name: source.name, timeout: source.timeout, provider: provider,
                    chains: chains.names(provider.chains), client: clients.providers, fetcher: fetcher,
                    state: states[source.name] ?? SourceState(name: source.name), log: log)
            }
        }
        return sources
    }

    private func fetcher(_ configuration: Configuration, clients: UpstreamClients) -> DocumentFetcher {
        let upstream = configuration.upstream
        let race = GatewayRace(
            exchange: DocumentExchange(clients: clients, maximumBytes: upstream.maximumBody.value),
            gateways: gateways, hedge: upstream.hedge, loop: fetchLoop, metrics: metrics)
        return DocumentFetcher(
            gateways: configuration.gateways, board: documents, race: race, forms: forms, timeout: upstream.timeout,
            metrics: metrics)
    }

    private func lifetimes(_ configuration: Configuration) -> @Sendable (TokenReference) -> LifetimePolicy {
        let common = LifetimePolicy(configuration.cache)
        let overrides = CollectionTable(configuration).mapValues { $0.ttl.map { common.keepingDocuments(for: $0) } }
        return { (overrides[$0] ?? nil) ?? common }
    }

    private func rules(_ configuration: Configuration) -> FlightBoard.Rules {
        let staleness = StalenessPolicy(
            staleWhileRevalidate: configuration.cache.staleWhileRevalidate,
            staleIfError: configuration.cache.staleIfError)
        return FlightBoard.Rules(
            staleness: staleness, lifetimes: LifetimePolicy(configuration.cache),
            errorTTL: configuration.cache.errorTTL.wholeMilliseconds,
            redisTimeout: configuration.cache.redis.timeout, archiveTimeout: .seconds(1),
            fetchTimeout: configuration.upstream.timeout)
    }
}

extension AnswerRenderer {
    init(_ configuration: Configuration) {
        self.init(
            media: MediaAddresses(configuration), memoryTTL: configuration.cache.memory.ttl.wholeMilliseconds,
            errorTTL: configuration.cache.errorTTL.wholeMilliseconds, hasTags: configuration.cache.hasVercelTags,
            digest: EntityDigest.text)
    }
}

extension MediaAddresses {
    init(_ configuration: Configuration) {
        self.init(
            ipfsGateway: configuration.gateways.ipfs.first(where: \.isPublic)?.url ?? "https://ipfs.io",
            arweaveGateway: configuration.gateways.arweave.first(where: \.isPublic)?.url ?? "https://arweave.net",
            publicURL: configuration.server.publicURL, content: ContentKinds(configuration.content))
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
