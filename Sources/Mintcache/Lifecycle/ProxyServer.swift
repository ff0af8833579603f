import Caching
public import EventLoops
import Glibc
import HTTPCaching
import HTTPServing
import RedisStore
import Synchronization
import Tokens
import UpstreamFetching

/// The whole proxy in one process: stores, loops, listeners, background work. Start it, reload it, stop it.
public final class ProxyServer: Sendable {
    /// What a start needs besides the configuration.
    public struct Environment: Sendable {
        public var time = TimeSource()
        public var logSink = LogSink()
        /// Names this instance among those that drain the outbox; the same after a restart, so that what it left behind
        /// is taken up at once.
        public var instance = "mintcache"
        /// 0 ..< 1, by which it is decided whom to ask first of several gateways.
        var chance: @Sendable () -> Double = { .random(in: 0..<1) }
        /// Hears when the proxy is ready, stops, and works.
        public var notifier: ServiceNotifier?
        /// Ends the process when a loop does not come back.
        var exit: @Sendable (Int32) -> Void = { _exit($0) }
        /// Reads the configuration anew, for a reload.
        public var readConfiguration: @Sendable () -> Result<LoadedConfiguration, InvalidConfiguration>

        public init(readConfiguration: @escaping @Sendable () -> Result<LoadedConfiguration, InvalidConfiguration>) {
            self.readConfiguration = readConfiguration
        }
    }

    /// Where the public listener listens, with the port that it got.
    public let address: SocketAddress
    /// The same of the admin listener.
    public let adminAddress: SocketAddress
    private let parts: Parts
    private let servers: (public: HTTPServer, admin: HTTPServer)
    private let background: [Task<Void, Never>]
    private let isStopped = Mutex(false)

    private init(
        _ parts: Parts, servers: (public: HTTPServer, admin: HTTPServer), background: [Task<Void, Never>]
    ) {
        self.parts = parts
        self.servers = servers
        self.background = background
        address = servers.public.address
        adminAddress = servers.admin.address
    }

    /// Opens stores and listeners and begins to serve. Throws, in one line, what must be mended first.
    public static func start(
        _ loaded: LoadedConfiguration, in environment: Environment
    ) async throws(StartupError) -> ProxyServer {
        let configuration = loaded.configuration
        let parts = try Parts(loaded, environment)
        try await parts.prepareArchive()
        await parts.watchEvents()
        parts.watchSessions()
        parts.metrics.lastReload.succeeded(at: environment.time.now)
        let token = try AdminToken(
            configured: configuration.admin.token, file: configuration.admin.tokenFile, log: parts.log)
        let handlers = parts.handlers
        let background = parts.startBackground()
        // Purges are known before anybody is answered.
        await parts.member.join(within: .seconds(1))
        let shared = parts.shared
        let rules = parts.servingRules(configuration)
        do throws(SystemCallError) {
            let publicServer = try await HTTPServer.start(
                .init(configuration.server, routes: configuration.routes), on: parts.group.loops
            ) { loop in
                let handler = PublicHandler(loop: loop, shared: shared, rules: rules)
                handlers.add(handler, on: loop)
                return handler
            }
            parts.counters.withLock { $0 = publicServer }
            let routes = parts.adminRoutes(token, configuration.admin)
            let adminServer = try await HTTPServer.start(
                .init(configuration.admin, configuration.server), on: [parts.fetchLoop]
            ) { loop in AdminHandler(loop: loop, routes: routes) }
            parts.health.enter(.ready)
            parts.watchdog.start()
            environment.notifier?.tell(.ready)
            return ProxyServer(parts, servers: (publicServer, adminServer), background: background)
        } catch {
            for task in background { task.cancel() }
            throw StartupError(
                "cannot listen on \(configuration.server.listen) or \(configuration.admin.listen): \(error)")
        }
    }

    /// Reads the configuration anew and takes it in whole, or refuses it whole and goes on as before.
    public func reload() async -> Result<Void, InvalidConfiguration> {
        await parts.reload()
    }

    /// Stops in good order: no longer ready, listening ends, requests under way are answered, what is queued for the
    /// archive is written. Within the configured time; what Redis holds by then waits there for the next instance.
    /// Stopping twice does nothing. False when records were left that no store had taken.
    @discardableResult
    public func stop() async -> Bool {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        guard isFirst else { return true }
        let log = parts.log
        let limit = parts.current.withLock { $0.configuration.server.timeouts.drain }
        log.info("draining", ["limit": "\(limit)"])
        parts.health.enter(.draining)
        parts.environment.notifier?.tell(.stopping)
        let deadline = MonotonicTime.current + limit
        await parts.warming.jobs.stop()
        await parts.feed.end()
        await parts.events.stop()
        await servers.public.drain(within: limit)
        parts.handlers.forEach { $0.flushLog() }
        await parts.fleet?.endAll()
        let left = max(.zero, deadline - .current) + .seconds(1)
        let isEmpty = await parts.queue.drain(within: left)
        _ = await parts.stores.redis?.outbox.drain(within: left)
        await parts.member.leave()
        await parts.sessions.activity.write()
        for task in background { task.cancel() }
        await servers.admin.close()
        await parts.stores.close()
        await parts.currentClients.withLock { $0 }.shutdown()
        if isEmpty {
            log.info("stopped")
        } else {
            log.error("stopped with records that no store had taken", ["rows": String(await parts.queue.depth.rows)])
        }
        await parts.telemetry.close(within: .seconds(1))
        parts.watchdog.end()
        parts.group.shutdown()
        parts.fetchLoop.shutdown()
        parts.sink.flush()
        return isEmpty
    }
}

extension ServerConfiguration {
    /// Each route has a limit of its own for bodies; the parser's is the largest.
    fileprivate init(_ server: Configuration.Server, routes: [Configuration.Route]) {
        self.init(listening: server.listen, connections: server.maximumConnections, server)
        limits.bodyBytes = routes.reduce(limits.bodyBytes) { max($0, $1.maximumRequestBody.value) }
    }

    /// The admin listener has connections of its own, so that it answers when the public one is full.
    fileprivate init(_ admin: Configuration.Admin, _ server: Configuration.Server) {
        self.init(listening: admin.listen, connections: 256, server)
        limits.bodyBytes = 16 * 1024 * 1024
    }

    private init(listening listen: ListenAddress, connections: Int, _ server: Configuration.Server) {
        guard let address = listen.address else { preconditionFailure("Listen addresses are checked when read.") }
        self.init(
            address: address, maximumConnections: connections,
            limits: MessageLimits(
                requestLineBytes: server.limits.requestLine.value, headerBytes: server.limits.headers.value,
                headerCount: server.limits.headerCount, bodyBytes: server.limits.body.value),
            timeouts: ServerTimeouts(
                header: server.timeouts.header, body: server.timeouts.body, idle: server.timeouts.idle,
                write: server.timeouts.write))
    }
}
