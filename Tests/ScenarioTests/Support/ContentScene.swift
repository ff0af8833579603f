import EventLoops
import MintcacheTesting
import Synchronization
import Testing

@testable import Mintcache

/// A client, a proxy with scripted gateways, and a clock that only the scene moves.
final class ContentScene: Sendable {
    struct Options: Sendable {
        /// For IPFS and for Arweave alike.
        var gateways = 2
        /// Fields that go to each gateway, in YAML: `X-Key: secret`.
        var headers: [String] = []
        var redis = ""
        /// YAML lines of sections.
        var content: [String] = []
        var server: [String] = []
        var upstream: [String] = ["hedge_after: off", "timeout: 5s"]
    }

    /// Asked in this order, as long as they do alike.
    let gateways: [ScriptedOrigin]
    /// A host that no gateway's configuration names.
    let elsewhere: ScriptedOrigin
    let time: TimeSource
    let proxy: ProxyServer
    let loop: EventLoop
    private let folder: TemporaryDirectory

    private init(_ options: Options) async throws {
        time = TimeSource()
        time.advance(by: .milliseconds(1020 - time.now % 1000))
        var gateways: [ScriptedOrigin] = []
        for _ in 0..<options.gateways { gateways.append(try await ScriptedOrigin(time: time)) }
        self.gateways = gateways
        elsewhere = try await ScriptedOrigin(time: time)
        folder = try TemporaryDirectory()
        loop = try EventLoop(label: "client")
        let text = Self.yaml(options, gateways + [elsewhere], archive: "\(folder.path)/archive.db")
        let loaded = try LoadedConfiguration.parse(text, file: "content.yaml", environment: [:])
        var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
        environment.time = time
        environment.logSink = LogSink(descriptor: discarded)
        environment.chance = Self.orderOfTheList(options.gateways)
        proxy = try await ProxyServer.start(loaded, in: environment)
    }

    static func play(_ options: Options = Options(), _ scenario: (ContentScene) async throws -> Void) async throws {
        let scene = try await ContentScene(options)
        do {
            try await scenario(scene)
        } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    private func end() async {
        // What hangs is let go of first, so that nothing waits for it.
        for origin in gateways + [elsewhere] { await origin.stop() }
        await proxy.stop()
        loop.shutdown()
    }

    private static func orderOfTheList(_ count: Int) -> @Sendable () -> Double {
        let turn = Turn()
        return { Double(turn.next() % max(count, 1) + 1) / Double(count + 2) }
    }

    private final class Turn: Sendable {
        private let number = Atomic(0)
        func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    private static func yaml(_ options: Options, _ origins: [ScriptedOrigin], archive: String) -> String {
        func lines(_ lines: [String]) -> String { lines.map { "  \($0)\n" }.joined() }
        let endpoints = origins.dropLast().enumerated().map { index, origin in
            let headers = index < options.headers.count ? options.headers[index] : ""
            return "{ url: \"http://127.0.0.1:\(origin.port)\", headers: { \(headers) } }"
        }.joined(separator: ", ")
        let hosts = origins.map { "\"127.0.0.1:\($0.port)\"" }.joined(separator: ", ")
        return """
            server:
              listen: "127.0.0.1:0"
              event_loops: 2
            \(lines(options.server))
            admin: { listen: "127.0.0.1:0", token: "\(Scene.adminToken)" }
            cache:
              redis: { url: "\(options.redis)" }
            archive:
              url: "sqlite:\(archive)"
              migrations: "\(Repository.root)/config/migrations"
            gateways: { ipfs: [\(endpoints)], arweave: [\(endpoints)] }
            content:
              ipfs: true
            \(lines(options.content))
            upstream:
              allow_hosts: [\(hosts)]
              retries: 0
            \(lines(options.upstream))
            log: { level: error }
            """
    }

    // MARK: Acting

    func client(keptBytes: Int = .max, receiveBuffer: Int32 = 0) async throws -> SceneClient {
        try await SceneClient.open(
            to: proxy.address.port, on: loop, keptBytes: keptBytes, receiveBuffer: receiveBuffer)
    }

    func ask(_ method: String, _ target: String, _ fields: [String] = []) async throws -> SceneAnswer {
        let client = try await client()
        let answer = try await client.request(method, target, fields)
        await client.close()
        return answer
    }

    func get(_ target: String, _ fields: String...) async throws -> SceneAnswer {
        try await ask("GET", target, fields)
    }

    /// A number that the proxy exposes.
    func metric(_ name: String) async throws -> Int? {
        let connection = try await HTTPConnection.open(to: proxy.adminAddress, on: loop)
        let answer = try await connection.request(
            "GET", "/metrics", fields: ["Authorization: Bearer \(Scene.adminToken)"])
        await connection.close()
        let line = answer.text.split(separator: "\n").first { $0.hasPrefix("mintcache_\(name) ") }
        return line.flatMap { Int($0.split(separator: " ")[1]) }
    }

    /// How often each gateway was asked.
    var requestCounts: [Int] { gateways.map(\.requestCount) }

    /// The same answer of every gateway.
    func allAnswer(_ status: Int, _ fields: [String] = [], _ body: String = "") {
        for gateway in gateways { gateway.always(status, fields, body) }
    }
}

/// Content that scenarios ask for.
enum SceneContent {
    static let old = "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o"
    static let transaction = "rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"

    /// The identifier of bytes as they are: version 1, raw, SHA-256.
    static func identifier(of bytes: [UInt8]) -> String { identifier(ofDigest: SHA256.hash(bytes)) }
    static func identifier(of text: String) -> String { identifier(of: Array(text.utf8)) }

    static func identifier(ofDigest digest: [UInt8]) -> String {
        "f" + ([0x01, 0x55, 0x12, 0x20] + digest).map { String(0x100 + Int($0), radix: 16).suffix(2) }.joined()
    }
}
