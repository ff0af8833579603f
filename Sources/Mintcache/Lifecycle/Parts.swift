import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import RedisStore
import Synchronization
import Tokens
import UpstreamFetching

/// What a running proxy consists of, wired together.
final class Parts: Sendable {
    let environment: ProxyServer.Environment
    let sink: LogSink
    let log: Logger
    let group: EventLoopGroup
    let fetchLoop: EventLoop
    let stores: OpenStores
    let memory: MemoryCache
    let metrics = Metrics()
    let health = Health()
    let queue: WriteQueue
    let keeper: RecordKeeper
    /// Without Redis there is no fleet.
    let fleet: FleetFetches?
    let board: FlightBoard
    let contracts: ContractBoard
    let member: FleetMember
    let events: EventWatch
    let routes: RouteBoard
    let refreshDesk: RefreshDesk
    let batchPlaces = BatchPlaces()
    let warming: Warming
    let feed: DashboardFeed
    let maker: EquipmentMaker
    let sessions: SessionDesk
    let watchdog: Watchdog
    let telemetry: Telemetry
    let startedAt = MonotonicTime.current
    let handlers = PublicHandlers()
    let counters = Mutex<HTTPServer?>(nil)
    let current: Mutex<LoadedConfiguration>
    let currentClients: Mutex<UpstreamClients>

    init(_ loaded: LoadedConfiguration, _ environment: ProxyServer.Environment) throws(StartupError) {
        let configuration = loaded.configuration
        self.environment = environment
        sink = environment.logSink
        (group, fetchLoop) = try Self.loops(configuration.server)
        telemetry = Telemetry(configuration.telemetry, environment, on: fetchLoop, counters: metrics.telemetry)
        log = Logger(sink: sink, configuration.log, errors: telemetry.errors)
        stores = try OpenStores.open(configuration, on: fetchLoop, consumer: environment.instance, log: log)
        let cache = configuration.cache
        memory = MemoryCache(.init(bytes: cache.memory.size.value, entryBytes: cache.memory.maximumEntry.value))
        let updates = FlightUpdates()
        updates.purges.judgedRoutes = configuration.judgedRoutes
        queue = WriteQueue(
            loop: fetchLoop, archive: stores.archive, outbox: stores.redis?.cache, limits: .init(configuration.archive),
            metrics: metrics, log: log, purges: updates.purges)
        keeper = RecordKeeper(
            route: stores.route, queue: queue, metrics: metrics, log: log, purges: updates.purges)
        maker = EquipmentMaker(
            fetchLoop: fetchLoop, time: environment.time, metrics: metrics,
            documents: DocumentBoard(loop: fetchLoop, metrics: metrics),
            gatherers: CallGatherers(loop: fetchLoop, metrics: metrics),
            gateways: GatewayTable(chance: environment.chance), archive: stores.archive, purges: updates.purges,
            log: log)
        let clients = maker.clients(configuration.upstream)
        fleet = stores.redis.map { [fetchLoop, metrics] redis in
            FleetFetches(loop: fetchLoop, leases: redis.leases, time: environment.time, metrics: metrics)
        }
        board = FlightBoard(
            loop: fetchLoop, memory: memory, time: environment.time,
            stores: .init(redis: stores.redis?.cache, archive: stores.archive), keeper: keeper, metrics: metrics,
            updates: updates, fleet: fleet,
            observer: FlightObserver(debugged: telemetry.debugged, time: environment.time, log: log),
            equipment: maker.equipment(configuration, clients: clients))
        contracts = ContractBoard(
            loop: fetchLoop, memory: memory, redis: stores.redis?.responses, time: environment.time, metrics: metrics,
            updates: updates, fleet: fleet, equipment: maker.contractEquipment(configuration, clients: clients))
        let store = RouteStore(
            cache, memory: memory, redis: stores.redis?.responses, time: environment.time, metrics: metrics,
            purges: updates.purges)
        let name = "\(environment.instance)-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        routes = RouteBoard(
            loop: fetchLoop, store: store, time: environment.time, metrics: metrics, client: clients.routes,
            channel: stores.redis?.fleet.channel, instance: name, purges: stores.redis?.fleet.purges)
        member = FleetMember(
            name: name, links: stores.redis?.fleet,
            tools: FleetTools(
                loop: fetchLoop, time: environment.time, memory: memory, purges: updates.purges, board: board,
                contracts: contracts, documents: maker.documents, routes: routes, news: fleet?.news,
                archive: stores.archive, memoryTTL: cache.memory.ttl, metrics: metrics, log: log))
        events = EventWatch(
            EventTools(
                loop: fetchLoop, time: environment.time, memory: memory, updates: updates, journal: stores.archive,
                moments: stores.redis?.moments, board: board, contractUpdates: contracts, counters: metrics.events,
                log: log))
        refreshDesk = RefreshDesk(
            board: board, time: environment.time, metrics: metrics, cooldown: cache.refreshCooldown)
        warming = Warming(
            name: name, stores: stores, board: board, log: log, maker.warmEquipment(configuration, clients: clients))
        feed = Self.feed(on: fetchLoop, environment.time, metrics, log, of: member)
        sessions = SessionDesk(stores, on: fetchLoop, time: environment.time, metrics: metrics)
        watchdog = Watchdog(
            Self.names(group, fetchLoop),
            limits: .init(log: configuration.watchdog.logAfter, exit: configuration.watchdog.exitAfter),
            tools: .init(
                log: log, sink: sink, stalls: metrics.loopStalls, notifier: environment.notifier,
                exit: environment.exit))
        current = Mutex(loaded)
        currentClients = Mutex(clients)
    }

    private static func loops(_ server: Configuration.Server) throws(StartupError) -> (EventLoopGroup, EventLoop) {
        let count = server.eventLoops == 0 ? EventLoopGroup.availableProcessors : server.eventLoops
        do throws(SystemCallError) {
            return (
                try EventLoopGroup(count: count, label: "mintcache.serve"), try EventLoop(label: "mintcache.fetch")
            )
        } catch {
            throw StartupError("cannot start the event loops: \(error)")
        }
    }

    private static func names(_ group: EventLoopGroup, _ fetchLoop: EventLoop) -> [(name: String, loop: EventLoop)] {
        group.loops.enumerated().map { (name: "serve-\($0)", loop: $1) } + [(name: "fetch", loop: fetchLoop)]
    }

    var shared: PublicHandler.Shared {
        PublicHandler.Shared(
            memory: memory, time: environment.time, board: board, contracts: contracts, routes: routes,
            refreshDesk: refreshDesk, batchPlaces: batchPlaces,
            fetchLoop: fetchLoop, metrics: metrics, log: sink, health: health, sessions: sessions)
    }

    func servingRules(_ configuration: Configuration) -> ServingRules {
        let content = ContentRoutes(configuration, table: maker.gateways, loop: fetchLoop, metrics: metrics)
        return ServingRules(
            configuration, content: content, tracer: telemetry.tracer(configuration.telemetry))
    }

    /// Brings the archive's schema up to date. An embedded archive must work from the start; one that is away is
    /// migrated when it is there.
    func prepareArchive() async throws(StartupError) {
        do throws(StoreError) {
            try await stores.archive.migrate()
        } catch {
            if stores.isEmbedded { throw StartupError("cannot prepare the archive: \(error.detail)") }
            log.warning("the archive could not be migrated", ["reason": error.description])
        }
    }

    /// Begins to watch the chains whose events are wanted. What events said before the last end is known afterwards, so
    /// that nothing is served as fresh that is not.
    func watchEvents() async {
        let client = currentClients.withLock { $0.configured }
        await events.adopt(current.withLock { $0.configuration }, client: client)
    }

    /// Gets to know the chains whose contracts may sign in.
    func watchSessions() {
        sessions.adopt(
            current.withLock { $0.configuration }, client: currentClients.withLock { $0.configured })
    }

    var statistics: Statistics {
        let outbox = stores.redis?.outbox
        return Statistics(
            metrics: metrics, memory: memory, board: board, contracts: contracts, routes: routes,
            batchPlaces: batchPlaces, warming: warming, queue: queue,
            events: events, gateways: maker.gateways, sources: { self.sources },
            upstream: { self.currentClients.withLock { $0 } }, outbox: { try? await outbox?.status() },
            redis: { [redis = stores.redis] in await redis?.report }, fleet: member,
            health: health, memoryLimit: current.withLock { $0.configuration.cache.memory.size.value },
            server: { self.counters.withLock { $0?.counters } }, log: sink, startedAt: startedAt,
            version: Version.number)
    }

    /// Those of the configuration in force.
    private var sources: [SourceReport] {
        current.withLock { $0.configuration.sources }.compactMap { source in
            let budget: [RequestRate] = if case .provider(let provider) = source.kind { provider.budget } else { [] }
            return maker.states[source.name].map { SourceReport(state: $0, budget: budget) }
        }
    }

    // MARK: Reload

    func reload() async -> Result<Void, InvalidConfiguration> {
        switch environment.readConfiguration() {
        case .failure(let invalid):
            metrics.failedReloads.increment()
            metrics.lastReload.failed()
            log.error("the new configuration was refused; the old one goes on", ["problems": invalid.description])
            return .failure(invalid)
        case .success(let loaded):
            let clients = maker.clients(loaded.configuration.upstream)
            await board.equip(maker.equipment(loaded.configuration, clients: clients))
            await contracts.equip(maker.contractEquipment(loaded.configuration, clients: clients))
            await routes.equip(clients.routes)
            routes.store.purges.judgedRoutes = loaded.configuration.judgedRoutes
            await events.adopt(loaded.configuration, client: clients.configured)
            warming.equip(maker.warmEquipment(loaded.configuration, clients: clients))
            refreshDesk.adopt(cooldown: loaded.configuration.cache.refreshCooldown)
            sessions.adopt(loaded.configuration, client: clients.configured)
            let rules = servingRules(loaded.configuration)
            handlers.forEach { $0.adopt(rules) }
            let old = currentClients.withLock { current in
                defer { current = clients }
                return current
            }
            current.withLock { $0 = loaded }
            log.adopt(loaded.configuration.log.level)
            telemetry.adopt(loaded.configuration.telemetry)
            retire(old, after: loaded.configuration.upstream.timeout + .seconds(5))
            metrics.reloads.increment()
            metrics.lastReload.succeeded(at: environment.time.now)
            log.info("the configuration was reloaded")
            return .success(())
        }
    }

    /// Flights under way still use the old client.
    private func retire(_ clients: UpstreamClients, after limit: Duration) {
        Task(executorPreference: fetchLoop) { [fetchLoop] in
            await fetchLoop.sleep(for: limit)
            await clients.shutdown()
        }
    }

    // MARK: Background

    func startBackground() -> [Task<Void, Never>] {
        var tasks = [
            Task(executorPreference: fetchLoop) { await self.watchStores() },
            Task(executorPreference: fetchLoop) { await self.member.run() },
            Task(executorPreference: fetchLoop) { await self.warming.jobs.run() },
            Task(executorPreference: fetchLoop) { await self.feed.run() },
            Task(executorPreference: fetchLoop) { [fetchLoop] in await self.sessions.activity.run(on: fetchLoop) },
        ]
        if let outbox = stores.redis?.outbox {
            tasks.append(Task(executorPreference: fetchLoop) { await self.drain(outbox) })
            tasks.append(Task(executorPreference: fetchLoop) { await self.bound(outbox) })
        }
        if let retention = current.withLock({ $0.configuration.archive.retention }) {
            let cleaner = ArchiveRetention(
                archive: stores.archive, retention: retention, time: environment.time, loop: fetchLoop,
                metrics: metrics, log: log)
            tasks.append(Task(executorPreference: fetchLoop) { await cleaner.run() })
        }
        return tasks
    }

    /// While Redis is away nothing is added to the outbox either.
    private func bound(_ outbox: RedisOutbox) async {
        while !Task.isCancelled {
            await fetchLoop.sleep(for: .seconds(1))
            if let dropped = try? await outbox.keepWithinBounds() {
                metrics.droppedOutboxRows.increment(by: UInt64(dropped))
            }
        }
    }

    private func drain(_ outbox: RedisOutbox) async {
        let archive = stores.archive
        await outbox.run { [keeper] records in try await keeper.archive(records, in: archive) }
    }

    private func watchStores() async {
        while !Task.isCancelled {
            let isArchiveUp = await stores.archive.isReachable
            var dependencies = [(name: "archive", state: isArchiveUp ? Health.DependencyState.up : .down)]
            if let redis = stores.redis { dependencies.append((name: "redis", state: await redis.state)) }
            health.report(dependencies)
            await fetchLoop.sleep(for: .seconds(1))
        }
    }
}

extension OpenStores {
    /// The store that takes a record before it is answered.
    fileprivate var route: RecordKeeper.Route {
        if let redis { return .redis(redis.cache) }
        return isEmbedded ? .embedded(archive) : .queue
    }
}
