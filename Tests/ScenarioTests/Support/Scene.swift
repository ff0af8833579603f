import EventLoops
import MintcacheTesting
import SampleUpstream
import Tokens

@testable import Mintcache

/// A proxy, the sample upstream it fetches from, and a clock that only this scene moves.
final class Scene: Sendable {
    static let adminToken = "a-token-for-scenarios-only"

    let upstream: SampleUpstream
    let proxy: ProxyServer
    let time: TimeSource
    let folder: TemporaryDirectory
    let loop: EventLoop
    private let upstreamLoops: EventLoopGroup

    private init(
        _ upstream: SampleUpstream, _ upstreamLoops: EventLoopGroup, _ proxy: ProxyServer, _ time: TimeSource,
        _ folder: TemporaryDirectory, _ loop: EventLoop
    ) {
        self.upstream = upstream
        self.upstreamLoops = upstreamLoops
        self.proxy = proxy
        self.time = time
        self.folder = folder
        self.loop = loop
    }

    /// What differs from scene to scene.
    struct Options {
        var redis: String?
        /// Further keys of Redis.
        var redisKeys: [String] = []
        var archive: String?
        var corpus: Corpus?
        var usesArweaveSandbox = false
        /// What stands behind the URL of the chain's JSON-RPC, for each endpoint.
        var endpoints = [""]
        /// What stands behind the URL of the gateways, for each of them.
        var gateways = [""]
        /// How often what failed is asked again.
        var retries = 0
        /// Further keys of the chain.
        var chain: [String] = []
        /// Further chains with their numbers, behind the same JSON-RPC.
        var chains: [(name: String, id: Int)] = []
        /// YAML lines put at the end of a section.
        var cache: [String] = []
        var server: [String] = []
        var upstream: [String] = []
        /// In these `{upstream}` stands for the base URL of the sample upstream.
        var sections: [String] = []
        var logLevel = "error"
        var log = discarded
    }

    /// Runs a scenario and takes everything down afterwards.
    static func play(_ options: Options = Options(), _ scenario: (Scene) async throws -> Void) async throws {
        let upstreamLoops = try EventLoopGroup(count: 1, label: "upstream")
        var configuration = SampleUpstream.Configuration()
        configuration.corpus = options.corpus
        configuration.usesArweaveSandbox = options.usesArweaveSandbox
        let upstream = SampleUpstream(configuration)
        _ = try await upstream.start(on: upstreamLoops.loops)
        let folder = try TemporaryDirectory()
        let time = TimeSource()
        let proxy = try await start(options, upstream, folder, time)
        let scene = Scene(upstream, upstreamLoops, proxy, time, folder, try EventLoop(label: "client"))
        do {
            try await scenario(scene)
        } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    /// Another proxy on the same stores and upstream: what a restart, or under a name of its own a second instance, is.
    func another(_ options: Options = Options(), as instance: String = "scene") async throws -> ProxyServer {
        try await Self.start(options, upstream, folder, time, as: instance)
    }

    private static func start(
        _ options: Options, _ upstream: SampleUpstream, _ folder: TemporaryDirectory, _ time: TimeSource,
        as instance: String = "scene"
    ) async throws -> ProxyServer {
        let text = yaml(options, upstream, folder)
        let loaded = try LoadedConfiguration.parse(text, file: "scene.yaml", environment: [:])
        var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
        environment.time = time
        environment.logSink = LogSink(descriptor: options.log)
        environment.instance = instance
        return try await ProxyServer.start(loaded, in: environment)
    }

    private static func chains(_ options: Options, _ upstream: SampleUpstream) -> String {
        let endpoints = options.endpoints.map { "\"\(upstream.rpcURL)\($0)\"" }.joined(separator: ", ")
        let keys = ["rpc: [\(endpoints)]"] + options.chain
        let all = [("demo", Int(SampleUpstream.chainIdentifier))] + options.chains
        return all.map { "\($0): { id: \($1), \(keys.joined(separator: ", ")) }" }.joined(separator: ", ")
    }

    static func yaml(_ options: Options, _ upstream: SampleUpstream, _ folder: TemporaryDirectory) -> String {
        let base = upstream.baseURL
        let host = base.dropFirst("http://".count)
        let gateways = options.gateways.map { "\"\(base)\($0)\"" }.joined(separator: ", ")
        func lines(_ lines: [String]) -> String { lines.map { "  \($0)\n" }.joined() }
        return """
            server:
              listen: "127.0.0.1:0"
              event_loops: 2
            \(lines(options.server))
            admin: { listen: "127.0.0.1:0", token: "\(adminToken)" }
            cache:
              redis: { \((["url: \"\(options.redis ?? "")\""] + options.redisKeys).joined(separator: ", ")) }
            \(lines(options.cache))
            archive:
              url: "\(options.archive ?? "sqlite:\(folder.path)/archive.db")"
              migrations: "\(Repository.root)/config/migrations"
            chains: { \(chains(options, upstream)) }
            gateways: { ipfs: [\(gateways)], arweave: [\(gateways)] }
            upstream:
              allow_hosts: ["\(host)"]
              retries: \(options.retries)
            \(lines(options.upstream))
            log: { level: \(options.logLevel) }
            \(options.sections.joined(separator: "\n").replacing("{upstream}", with: base))
            """
    }

    private func end() async {
        await proxy.stop()
        await upstream.stop()
        upstreamLoops.shutdown()
        loop.shutdown()
    }

    // MARK: Acting

    func client() async throws -> HTTPConnection {
        try await HTTPConnection.open(to: proxy.address, on: loop)
    }

    func get(_ target: String, _ fields: String..., from proxy: ProxyServer? = nil) async throws -> HTTPAnswer {
        let connection = try await HTTPConnection.open(to: (proxy ?? self.proxy).address, on: loop)
        let answer = try await connection.request("GET", target, fields: fields)
        await connection.close()
        return answer
    }

    func post(
        _ target: String, _ fields: String..., body: String = "", to proxy: ProxyServer? = nil
    ) async throws -> HTTPAnswer {
        let connection = try await HTTPConnection.open(to: (proxy ?? self.proxy).address, on: loop)
        let answer = try await connection.request("POST", target, fields: fields, body: body)
        await connection.close()
        return answer
    }

    func admin(
        _ method: String, _ target: String, _ fields: String..., body: String = "",
        token: String? = Scene.adminToken, on proxy: ProxyServer? = nil
    ) async throws -> HTTPAnswer {
        let connection = try await HTTPConnection.open(to: (proxy ?? self.proxy).adminAddress, on: loop)
        let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let answer = try await connection.request(method, target, fields: authorization + fields, body: body)
        await connection.close()
        return answer
    }

    /// A collection of the sample upstream by its name.
    func contract(_ name: String) -> ContractAddress {
        guard let listing = upstream.collections.first(where: { $0.name == name }) else {
            preconditionFailure("The sample upstream has no collection \(name).")
        }
        return listing.contract
    }

    func path(_ collection: String, _ token: UInt64, _ suffix: String = "") -> String {
        "/v1/demo/\(contract(collection).lowercase)/\(token)\(suffix)"
    }
}
