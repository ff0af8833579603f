import Foundation
import Testing

@testable import Mintcache

@Suite struct `The shipped configuration` {
    private static let path = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("config/mintcache.yaml").path

    private static func shipped(_ environment: [String: String] = [:]) throws -> LoadedConfiguration {
        try LoadedConfiguration.load(file: path, environment: environment)
    }

    /// The dotted paths of the keys that have a value, of YAML in block style.
    private static func keys(of yaml: String) -> [String] {
        var open: [(indent: Int, name: String)] = []
        var paths: [String] = []
        for line in yaml.split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indent)
            guard !content.hasPrefix("#"), let colon = content.firstIndex(of: ":") else { continue }
            open.removeAll { $0.indent >= indent }
            open.append((indent, String(content[..<colon])))
            let hasValue = content.index(after: colon) < content.endIndex
            if hasValue { paths.append(open.map(\.name).joined(separator: ".")) }
        }
        return paths
    }

    @Test func `says what an empty file means`() throws {
        #expect(try Self.shipped().effective == configuration("").effective)
    }

    @Test func `shows every key there is, in the order in which they take effect`() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let shown = Self.keys(of: text).filter {
            !["chains", "collections", "special_contracts", "routes", "warm"].contains($0)
        }
        let read = Self.keys(of: try configuration("").effective)
        #expect(Set(shown) == Set(read))
        #expect(shown.count == read.count)
        #expect(shown.count > 50)
    }

    @Test func `takes the platform's variables`() throws {
        let environment = [
            "PORT": "3000", "REDIS_URL": "redis://cache:6379/0", "DATABASE_URL": "postgres://db/mintcache",
            "MINTCACHE_ADMIN_TOKEN": "0123456789abcdef",
        ]
        let configuration = try Self.shipped(environment).configuration
        #expect(configuration.server.listen == ListenAddress(host: "0.0.0.0", port: 3000))
        #expect(configuration.cache.redis.url == "redis://cache:6379/0")
        #expect(configuration.archive.url == "postgres://db/mintcache")
        #expect(configuration.admin.token == "0123456789abcdef")
    }

    @Test func `its example of a chain works as it stands`() throws {
        let yaml = try String(contentsOfFile: Self.path, encoding: .utf8)
        let example = try #require(yaml.split(separator: "\n").first { $0.contains("ethereum: { id: 1") })
        let chain = String(example.drop { $0 == "#" || $0 == " " })
        let loaded = try configuration("chains: { \(chain) }", ["ETHEREUM_RPC_URL": "https://rpc.example/key"])
        #expect(loaded.configuration.chains.map(\.name) == ["ethereum"])
        #expect(loaded.configuration.chains.first?.rpc.map(\.url) == ["https://rpc.example/key"])
    }

    @Test func `its example of a route shows every key there is with its default`() throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n")
        let end = try #require(lines.firstIndex(of: "routes: []"))
        let example = lines[..<end].reversed().prefix { $0.hasPrefix("#   ") }.reversed().map { $0.dropFirst(2) }
        let yaml = "routes:\n" + example.joined(separator: "\n") + "\n"
        let shown = try configuration(yaml, ["OPENSEA_API_KEY": "k"]).effective
        let short = """
            routes:
              - name: opensea
                path: /upstream/opensea/
                upstream: "https://api.opensea.io/"
                request_headers: { X-API-KEY: k }
                cache: { mode: override }
            """
        #expect(try shown == configuration(short).effective)
        let names = Self.keys(of: yaml).compactMap { $0.split(separator: ".").last.map(String.init) }
        let read = shown.split(separator: "\n").drop { $0 != "routes[0]:" }.prefix { $0 != "drop_in:" }
            .compactMap { $0.split(separator: ":").first?.drop { $0 == " " } }.map(String.init)
        #expect(Set(read).subtracting(["routes[0]", "X-API-KEY", "cache", "wallet_rate_limit"]).isSubset(of: names))
        #expect(read.count > 25)
    }

    @Test func `its example of a provider shows every key there is with its default`() throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n")
        let end = try #require(lines.firstIndex(of: "sources: [onchain]"))
        let example = lines[..<end].reversed().prefix { $0.hasPrefix("#   ") }.reversed().map { $0.dropFirst(2) }
        let chains = "chains: { ethereum: { id: 1, rpc: [\"https://a.example\"] } }\n"
        let yaml = chains + "sources:\n" + example.joined(separator: "\n") + "\n"
        let shown = try configuration(yaml, ["MYAPI_KEY": "k"]).effective
        let short = """
            sources:
              - name: myapi
                key: k
                url: "https://api.example/v1/{chain}/{contract}/{token_id}"
                headers: { X-KEY: "{key}" }
                chains: { ethereum: eth-mainnet }
                document: /raw/metadata
                errors: [{ status: 404, pointer: /error, contains: "not found", means: missing }]
                timeout: 5s
                collections_only: false
            """
        #expect(try shown == configuration(chains + short).effective)
        let names = Self.keys(of: yaml).compactMap { $0.split(separator: ".").last.map(String.init) }
        let read = shown.split(separator: "\n").drop { $0 != "sources[0]:" }.prefix { !$0.hasPrefix("sources: ") }
            .compactMap { $0.split(separator: ":").first?.drop { $0 == " " } }.map(String.init)
        #expect(
            Set(read).isSubset(
                of: names + ["name", "sources[0]", "X-KEY", "ethereum", "errors[0]", "headers", "chains"] + [
                    "status", "pointer", "contains", "means",
                ]))
        #expect(read.count > 15)
    }

    @Test func `a file that cannot be read is a problem of the file`() {
        #expect(throws: InvalidConfiguration.self) {
            try LoadedConfiguration.load(file: "/nonexistent/mintcache.yaml", environment: [:])
        }
    }
}
