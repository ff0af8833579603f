import EventLoops
import HTTPCaching
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

/// A proxy with sessions and some routes, the scripted origin behind them and behind its chains, and a clock that only
/// the scene moves.
final class SessionScene: Sendable {
    static let domain = "app.example.com"
    static let origin = "https://app.example.com"

    struct Options: Sendable {
        var redis: String?
        /// Further keys of Redis.
        var redisKeys: [String] = []
        /// In place of the origin, for both chains.
        var rpc: String?
        /// Further keys of `sessions`.
        var sessions: [String] = []
        /// Further keys of the route `/limited/`.
        var limited = ""
        /// What stands in place of the section, when anything does.
        var section: String?
    }

    let origin: ScriptedOrigin
    let time = TimeSource()
    let proxy: ProxyServer
    let folder: TemporaryDirectory
    let loop: EventLoop

    private init(_ options: Options) async throws {
        // The scene begins at the beginning of a second.
        time.advance(by: .milliseconds(1020 - time.now % 1000))
        origin = try await ScriptedOrigin(time: time)
        folder = try TemporaryDirectory()
        loop = try EventLoop(label: "client")
        origin.always { request in
            // There is no contract anywhere.
            if request.target == "/rpc" {
                return Reply(200, ["Content-Type: application/json"], #"{"jsonrpc":"2.0","id":1,"result":"0x"}"#)
            }
            let wallet = request.values(RouteVisitor.fieldName).joined(separator: "+")
            return Reply(200, ["Cache-Control: public, max-age=60", "CDN-Cache-Control: max-age=600"], "for \(wallet)")
        }
        let loaded = try LoadedConfiguration.parse(
            Self.yaml(options, origin.port, folder), file: "sessions.yaml", environment: [:])
        var environment = ProxyServer.Environment(readConfiguration: { .success(loaded) })
        environment.time = time
        environment.logSink = LogSink(descriptor: discarded)
        proxy = try await ProxyServer.start(loaded, in: environment)
    }

    static func play(_ options: Options = Options(), _ scenario: (SessionScene) async throws -> Void) async throws {
        let scene = try await SessionScene(options)
        do {
            try await scenario(scene)
        } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    private func end() async {
        await origin.stop()
        await proxy.stop()
        loop.shutdown()
    }

    private static func yaml(_ options: Options, _ port: UInt16, _ folder: TemporaryDirectory) -> String {
        let upstream = "upstream: \"http://127.0.0.1:\(port)/\""
        let rpc = "rpc: [\"\(options.rpc ?? "http://127.0.0.1:\(port)/rpc")\"]"
        let redis = (["url: \"\(options.redis ?? "")\""] + options.redisKeys).joined(separator: ", ")
        let keys = ["enabled: true", "domain: \(domain)", "chains: [main]"] + options.sessions
        let isOff = options.section != nil
        let routes =
            isOff
            ? []
            : [
                "{ name: maybe, path: /maybe/, auth: optional, \(upstream) }",
                "{ name: own, path: /own/, auth: required, \(upstream), cache: { mode: override, ttl: 1h } }",
                """
                { name: shared, path: /shared/, auth: required, \(upstream), \
                cache: { mode: override, ttl: 1h, per_wallet: false } }
                """,
                "{ name: stated, path: /stated/, auth: optional, \(upstream), cache: { per_wallet: false } }",
                "{ name: limited, path: /limited/, auth: required, \(upstream)\(options.limited) }",
            ]
        let all = ["{ name: open, path: /open/, \(upstream) }"] + routes
        return """
            server: { listen: "127.0.0.1:0", event_loops: 2, timeouts: { drain: 1s }, trusted_proxies: ["127.0.0.1"] }
            admin: { listen: "127.0.0.1:0", token: "\(Scene.adminToken)" }
            cache: { redis: { \(redis) } }
            archive: { url: "sqlite:\(folder.path)/archive.db", migrations: "\(Repository.root)/config/migrations" }
            chains: { main: { id: 1, \(rpc) }, side: { id: 137, \(rpc) } }
            upstream: { allow_hosts: ["127.0.0.1:\(port)"], retries: 0, timeout: 2s }
            log: { level: error }
            \(options.section ?? "sessions: { \(keys.joined(separator: ", ")) }")
            routes: [ \(all.joined(separator: ", ")) ]
            """
    }

    // MARK: Acting

    func ask(_ method: String, _ target: String, _ fields: [String] = [], body: String = "") async throws -> HTTPAnswer
    {
        let connection = try await HTTPConnection.open(to: proxy.address, on: loop)
        let answer = try await connection.request(method, target, fields: fields, body: body)
        await connection.close()
        return answer
    }

    func admin(_ method: String, _ target: String, token: String = Scene.adminToken) async throws -> HTTPAnswer {
        let connection = try await HTTPConnection.open(to: proxy.adminAddress, on: loop)
        let answer = try await connection.request(method, target, fields: ["Authorization: Bearer \(token)"])
        await connection.close()
        return answer
    }

    func metric(_ line: String) async throws -> Bool {
        try await admin("GET", "/metrics").text.contains(line + "\n")
    }

    func pass(_ duration: Duration) { time.advance(by: duration) }
}

/// A page of ours in a browser with a wallet: it keeps cookies, and says where it comes from.
struct SessionPage {
    let scene: SessionScene
    let wallet: TestWallet
    var cookies: [String: String] = [:]
    /// `nil` for a browser that does not tell.
    var origin: String? = SessionScene.origin
    /// Where a proxy in front sees it.
    var address = "192.0.2.1"

    init(_ scene: SessionScene, _ key: UInt64 = 1) {
        self.scene = scene
        wallet = TestWallet(key)
    }

    var fields: [String] {
        let cookie =
            cookies.isEmpty ? [] : ["Cookie: " + cookies.map { "\($0)=\($1)" }.sorted().joined(separator: "; ")]
        return (origin.map { ["Origin: \($0)"] } ?? []) + cookie
            + ["User-Agent: Tester/1.0", "X-Forwarded-For: \(address)"]
    }

    @discardableResult
    mutating func ask(_ method: String, _ path: String, _ body: JSONNode? = nil) async throws -> HTTPAnswer {
        let type = body == nil ? [] : ["Content-Type: application/json"]
        let text = body.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        let answer = try await scene.ask(method, path, fields + type, body: text)
        for (name, value) in answer.fields where name == "Set-Cookie" {
            let pair = value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
        }
        return answer
    }

    mutating func nonce() async throws -> String {
        let answer = try await ask("POST", "/auth/nonce")
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.document["nonce"]?.string)
    }

    /// What the page asks the wallet to sign: the parts that differ from the usual in their place.
    func message(_ nonce: String, _ changes: [String: String] = [:]) -> String {
        let now = scene.time.now / 1000
        var lines = [
            ("domain", "\(SessionScene.domain) wants you to sign in with your Ethereum account:"),
            ("address", wallet.address), ("", ""), ("statement", "Sign in to the gallery."), ("", ""),
            ("uri", "URI: \(SessionScene.origin)/"), ("version", "Version: 1"), ("chain", "Chain ID: 1"),
            ("nonce", "Nonce: \(nonce)"), ("issued", "Issued At: \(InternetTimestamp.text(now))"), ("end", ""),
        ]
        for (name, value) in changes {
            for index in lines.indices where lines[index].0 == name && !name.isEmpty { lines[index].1 = value }
        }
        if changes["end"] == nil { lines.removeLast() }
        return lines.map(\.1).joined(separator: "\n")
    }

    @discardableResult
    mutating func verify(_ message: String, _ signature: [UInt8]? = nil) async throws -> HTTPAnswer {
        let signature = signature ?? wallet.signature(of: message)
        return try await ask(
            "POST", "/auth/verify",
            .object([("message", .string(message)), ("signature", .string(signature.hexadecimal))]))
    }

    @discardableResult
    mutating func signIn() async throws -> HTTPAnswer {
        let answer = try await verify(message(try await nonce()))
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }
}

/// A JSON object.
func object(_ members: KeyValuePairs<String, JSONNode>) -> JSONNode { .object(members.map { ($0.key, $0.value) }) }

extension HTTPAnswer {
    /// The body as JSON; null when it is none.
    var document: JSONValue {
        get throws { try JSONDocument(validating: body).root }
    }

    /// The last part of a problem's type, and its reason.
    var refusal: String {
        guard let root = try? document else { return "" }
        let slug = root["type"]?.string?.split(separator: ":").last.map(String.init) ?? ""
        return root["reason"]?.string.map { "\(slug): \($0)" } ?? slug
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value) }
}
