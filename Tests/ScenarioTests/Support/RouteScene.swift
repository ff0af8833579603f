import EventLoops
import MintcacheTesting
import Synchronization
import Testing

@testable import Mintcache

/// A client, a proxy with one route, the scripted origin behind it, and a clock that only the scene moves.
final class RouteScene: Sendable {
    /// What differs from scene to scene.
    struct Options: Sendable {
        var path = "/"
        /// YAML of the route's `cache` mapping.
        var cache = "mode: origin"
        /// Further YAML lines of the route.
        var route: [String] = []
        /// Of the route; `nil` leaves it to the default.
        var retries: Int? = 0
        /// YAML lines put at the end of a section.
        var server: [String] = []
        var cacheSection: [String] = []
        var upstream: [String] = []
        /// What the upstream's paths begin with.
        var base = "/"

        static func origin(_ keys: String...) -> Options {
            Options(cache: (["mode: origin"] + keys).joined(separator: ", "))
        }

        static func override(_ keys: String...) -> Options {
            Options(cache: (["mode: override"] + keys).joined(separator: ", "))
        }
    }

    let origin: ScriptedOrigin
    let time: TimeSource
    let proxies: [ProxyServer]
    let folder: TemporaryDirectory
    let loop: EventLoop
    private let redis: (server: RedisServer, probe: RedisProbe)?
    private let turn = Atomic(0)
    private let paths = Atomic(0)

    private init(_ options: Options, _ tier: Tier) async throws {
        let time = TimeSource()
        // The scene begins at the beginning of a second, so that none ends while it is played.
        time.advance(by: .milliseconds(1020 - time.now % 1000))
        let origin = try await ScriptedOrigin(time: time)
        let folder = try TemporaryDirectory()
        self.time = time
        self.origin = origin
        self.folder = folder
        loop = try EventLoop(label: "client")
        switch tier {
        case .memory:
            redis = nil
            proxies = [try await Self.start(options, origin, folder, time, redis: "", number: 0)]
        case .redisOnly:
            let server = try await SceneRedis.take()
            redis = (server, try RedisProbe(server.port))
            async let first = Self.start(options, origin, folder, time, redis: server.url, number: 0)
            async let second = Self.start(options, origin, folder, time, redis: server.url, number: 1)
            proxies = [try await first, try await second]
        }
    }

    /// Plays a scenario and takes everything down afterwards.
    static func play(
        _ tier: Tier = .memory, _ options: Options = .origin(), _ scenario: (RouteScene) async throws -> Void
    ) async throws {
        let scene = try await RouteScene(options, tier)
        do {
            try await scenario(scene)
        } catch {
            try await scene.end()
            throw error
        }
        try await scene.end()
    }

    private func end() async throws {
        // What hangs is let go of first, so that nothing waits for it.
        await origin.stop()
        await withTaskGroup(of: Void.self) { group in
            for proxy in proxies { group.addTask { await proxy.stop() } }
        }
        loop.shutdown()
        if let redis { try SceneRedis.giveBack(redis.server, after: redis.probe) }
    }

    private static func start(
        _ options: Options, _ origin: ScriptedOrigin, _ folder: TemporaryDirectory, _ time: TimeSource, redis: String,
        number: Int
    ) async throws -> ProxyServer {
        let text = yaml(options, origin.port, redis: redis, archive: "\(folder.path)/archive-\(number).db")
        let loaded = try LoadedConfiguration.parse(text, file: "route.yaml", environment: [:])
        var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
        environment.time = time
        environment.logSink = LogSink(descriptor: discarded)
        environment.instance = "scene-\(number)"
        return try await ProxyServer.start(loaded, in: environment)
    }

    static func yaml(_ options: Options, _ port: UInt16, redis: String, archive: String) -> String {
        func lines(_ lines: [String], _ margin: String = "  ") -> String { lines.map { "\(margin)\($0)\n" }.joined() }
        let retries = options.retries.map { ["retries: \($0)"] } ?? []
        let memory = redis.isEmpty ? "" : "  memory: { ttl: 1ms }\n"
        return """
            server:
              listen: "127.0.0.1:0"
              event_loops: 2
            \(lines(options.server))
            admin: { listen: "127.0.0.1:0", token: "\(Scene.adminToken)" }
            cache:
              redis: { url: "\(redis)" }
            \(memory)\(lines(options.cacheSection))
            archive:
              url: "sqlite:\(archive)"
              migrations: "\(Repository.root)/config/migrations"
            upstream:
              allow_hosts: ["127.0.0.1:\(port)"]
              retries: 0
            \(lines(options.upstream))
            log: { level: error }
            routes:
              - name: scripted
                path: "\(options.path)"
                upstream: "http://127.0.0.1:\(port)\(options.base)"
            \(lines(options.route + retries, "    "))
                cache: { \(options.cache) }
            """
    }

    // MARK: Acting

    /// The proxy whose turn it is.
    private var nextProxy: ProxyServer { proxies[turn.add(1, ordering: .relaxed).oldValue % proxies.count] }

    /// A connection that stays, to the proxy whose turn it is.
    func client(keptBytes: Int = .max, receiveBuffer: Int32 = 0) async throws -> SceneClient {
        try await SceneClient.open(
            to: nextProxy.address.port, on: loop, keptBytes: keptBytes, receiveBuffer: receiveBuffer)
    }

    /// Asks on a connection of its own, and waits until what the answer left behind is where the next request finds it.
    @discardableResult
    func ask(
        _ method: String, _ target: String, _ fields: [String] = [], body: String = ""
    ) async throws -> SceneAnswer {
        let before = try redis?.probe.changes ?? 0
        let client = try await client()
        let answer = try await client.request(method, target, fields, body: body)
        await client.close()
        if let probe = redis?.probe, answer.isStored {
            let isKept = try await holds(within: .seconds(1)) { try probe.changes > before }
            #expect(isKept, "\(method) \(target) says that it was stored, and Redis was not changed")
        }
        return answer
    }

    @discardableResult
    func get(_ target: String, _ fields: String...) async throws -> SceneAnswer {
        try await ask("GET", target, fields)
    }

    private func holds(within limit: Duration, _ condition: () throws -> Bool) async throws -> Bool {
        let deadline = MonotonicTime.current + limit
        while try !condition() {
            if MonotonicTime.current > deadline { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    /// A path that nothing else in the scene has.
    var newPath: String { "/new/\(paths.add(1, ordering: .relaxed).newValue)" }

    /// A date so many seconds away from now, by the scene's clock.
    func date(_ offset: Int = 0) -> String { origin.date(offset) }

    func pass(seconds: Int) { time.advance(by: .seconds(seconds)) }
}
