import Testing

@testable import Mintcache

@Suite struct `Sessions in the configuration` {
    private static func file(
        _ keys: String, chains: String = "chains: { main: { id: 1, rpc: [\"https://a.example\"] } }"
    ) -> String {
        "\(chains)\nsessions: { \(keys) }\n"
    }

    private static let enabled = "enabled: true, domain: app.example.com"

    private static func messages(_ yaml: String) -> [String] {
        problems(yaml).map { $0.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? "" }
    }

    @Test func `are off until they are switched on`() throws {
        let sessions = try configuration("").configuration.sessions
        #expect(!sessions.isEnabled)
        #expect(sessions.ttl == .seconds(7 * 86_400) && sessions.idle == .seconds(86_400))
    }

    @Test func `need a domain, and have the rest by default`() throws {
        let sessions = try configuration(Self.file(Self.enabled)).configuration.sessions
        #expect(sessions.origins == ["https://app.example.com"] && sessions.chains == [1])
        #expect(try configuration(Self.file("ttl: 1h")).configuration.sessions.idle == .seconds(3600))
    }

    @Test func `name chains by their names here or by their numbers`() throws {
        let sessions = try configuration(Self.file(Self.enabled + ", chains: [main, 8453]")).configuration.sessions
        #expect(sessions.chains == [1, 8453])
    }

    @Test(arguments: [
        ("enabled: true", "sessions.domain: is needed when sessions are enabled: the host of the pages that sign in"),
        (
            "enabled: true, domain: \"https://app.example.com\"",
            "sessions.domain: must be a host in lower case, with a port unless it is 443, such as app.example.com"
        ),
        (
            "enabled: true, domain: App.example.com, origins: [\"https://App.example.com\"]",
            "sessions.domain: must be a host in lower case, with a port unless it is 443, such as app.example.com"
        ),
        (
            Self.enabled + ", origins: [\"*\"]",
            "sessions.origins: \"*\" would let every page act for whoever is signed in"
        ),
        (
            Self.enabled + ", origins: [\"http://app.example.com\"]",
            "sessions.origins: \"http://app.example.com\" must be https:// outside this machine, where cookies are safe"
        ),
        (
            Self.enabled + ", origins: [\"https://app.example.com/\", \"https://app.example.com\"]",
            "sessions.origins: \"https://app.example.com/\" must be a scheme and a host in lower case, such as https://app.example.com"
        ),
        (
            Self.enabled + ", origins: [\"https://other.example\"]",
            "sessions.origins: must have an origin at sessions.domain: wallets warn of messages for another host"
        ),
        (
            Self.enabled + ", chains: [nowhere]",
            "sessions.chains: must be names of chains of this file, or EIP-155 numbers"
        ),
        (Self.enabled + ", idle: 8d", "sessions.idle: must be from 1m to sessions.ttl"),
        (Self.enabled + ", ttl: 91d", "sessions.ttl: must be from 1m to 90d"),
        (Self.enabled + ", nonce_ttl: 2h", "sessions.nonce_ttl: must be from 10s to 1h"),
    ])
    func `are refused where they would be unsafe, or could not work`(_ keys: String, _ message: String) {
        #expect(Self.messages(Self.file(keys)).contains { $0.hasSuffix(message) }, "\(Self.messages(Self.file(keys)))")
    }

    @Test func `may be tried out on this machine without TLS`() {
        let local = "enabled: true, domain: \"localhost:3000\", origins: [\"http://localhost:3000\"]"
        #expect(problems(Self.file(local)).isEmpty)
    }

    @Test(arguments: ["", ", chains: [demo]"])
    func `may be on a chain that the program adds, as for a demonstration`(_ keys: String) throws {
        let demo = Configuration.Chain(
            name: "demo", id: 1337, rpc: [Configuration.Endpoint(url: "http://127.0.0.1:1/rpc")])
        let loaded = try LoadedConfiguration.parse(
            Self.file(Self.enabled + keys, chains: ""), file: "test.yaml", environment: [:], adding: [demo])
        #expect(loaded.configuration.sessions.chains == [1337])
        #expect(loaded.configuration.chains.map(\.name) == ["demo"])
        #expect(!loaded.effective.contains("127.0.0.1:1/rpc"))
    }

    @Test func `need a chain`() {
        #expect(
            Self.messages(Self.file(Self.enabled, chains: "")).contains { $0.hasSuffix("needs at least one chain") })
    }

    @Test func `are there before a route asks for them`() {
        let route = "routes: [ { name: a, path: /a/, upstream: \"https://a.example\", auth: required } ]\n"
        #expect(
            Self.messages(route).contains {
                $0.hasSuffix("routes[0].auth: needs sessions.enabled: without sessions nobody can sign in")
            })
        #expect(problems(Self.file(Self.enabled) + route).isEmpty)
    }

    @Test(arguments: ["wallet_rate_limit: { requests_per_second: 1 }", "cache: { per_wallet: true }"])
    func `are what wallets of a route are known by`(_ keys: String) {
        let route = "routes: [ { name: a, path: /a/, upstream: \"https://a.example\", \(keys) } ]\n"
        #expect(Self.messages(route).contains { $0.hasSuffix("only routes with auth know wallets") })
    }

    @Test(arguments: [
        "request_headers: { X-Mintcache-Wallet: \"0x1\" }", "request_headers: { x_mintcache_wallet: \"0x1\" }",
        "cache: { key_headers: [X-Mintcache-Wallet] }",
    ])
    func `are told to upstreams by nobody else`(_ keys: String) {
        let route = "routes: [ { name: a, path: /a/, upstream: \"https://a.example\", \(keys) } ]\n"
        #expect(Self.messages(route).contains { $0.contains("is the proxy's own to set") })
    }
}
