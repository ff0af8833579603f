import Testing

@testable import Mintcache

@Suite struct `Every problem is reported where it is` {
    @Test func `an unknown key, at the key`() throws {
        let found = problems("server:\n  max_connections: 5\n  lissten: 1.2.3.4:80\n")
        #expect(found.count == 1)
        let problem = try #require(found.first)
        #expect(problem.hasPrefix("m.yaml:3:3: server.lissten: unknown key; known here: "))
        #expect(problem.contains(" listen,"))
    }

    @Test func `an unknown section`() {
        #expect(problems("cach: {}\n").first?.hasPrefix("m.yaml:1:1: cach: unknown key; ") == true)
    }

    @Test(arguments: [
        ("cache:\n  ttl: 5 minutes\n", "m.yaml:2:8: cache.ttl: must be a duration such as 250ms, 10s, 5m, 24h or 7d"),
        ("cache: { ttl: 86400 }\n", "m.yaml:1:15: cache.ttl: must be a duration such as 250ms, 10s, 5m, 24h or 7d"),
        ("cache: { ttl: -5s }\n", "m.yaml:1:15: cache.ttl: must be a duration such as 250ms, 10s, 5m, 24h or 7d"),
        (
            "cache:\n  memory: { size: 256MB }\n",
            "m.yaml:2:19: cache.memory.size: must be a size such as 512B, 64KiB or 256MiB"
        ),
        ("cache:\n  ttl_jitter: 10\n", "m.yaml:2:15: cache.ttl_jitter: must be a percentage from 0% to 50%"),
        ("cache:\n  ttl_jitter: 51%\n", "m.yaml:2:15: cache.ttl_jitter: must be a percentage from 0% to 50%"),
    ]) func `a value in the wrong unit`(yaml: String, problem: String) {
        #expect(problems(yaml) == [problem])
    }

    @Test(arguments: [
        (
            "server:\n  max_connections: many\n",
            "m.yaml:2:20: server.max_connections: must be a whole number from 1 to 1000000"
        ),
        ("server:\n  event_loops: 65\n", "m.yaml:2:16: server.event_loops: must be auto or a number from 1 to 64"),
        ("admin:\n  metrics_public: yes\n", "m.yaml:2:19: admin.metrics_public: must be true or false"),
        ("log:\n  level: verbose\n", "m.yaml:2:10: log.level: must be one of: debug, info, warning, error"),
        ("log:\n  format: [json]\n", "m.yaml:2:11: log.format: must be a single value"),
        ("server:\n  cors: { origins: \"*\" }\n", "m.yaml:2:20: server.cors.origins: must be a list"),
        ("server:\n  cors: { origins: [[a]] }\n", "m.yaml:2:21: server.cors.origins: must be a list of texts"),
        ("server: 8080\n", "m.yaml:1:9: server: must be a mapping of keys to values"),
        ("- server\n", "m.yaml:1:1: configuration: must be a mapping of keys to values"),
        ("archive:\n  url: mysql://db\n", "m.yaml:2:8: archive.url: must begin with postgres:// or sqlite:"),
        ("admin:\n  token: short\n", "m.yaml:2:10: admin.token: must be at least 16 bytes long"),
        ("server:\n  limits:\n    headers: 1MiB\n", "m.yaml:3:14: server.limits.headers: must be at most 48KiB"),
    ]) func `a value of the wrong kind or out of range`(yaml: String, problem: String) {
        #expect(problems(yaml) == [problem])
    }

    @Test(arguments: [
        "localhost:8080", "0.0.0.0", "0.0.0.0:", ":8080", "8080", "0.0.0.0:65536", "0.0.0.0:-1", "256.0.0.1:80",
    ]) func `an address nobody can listen on`(address: String) {
        let message = "must be an IP address and a port, such as 0.0.0.0:8080 or [::]:8080"
        #expect(problems("server:\n  listen: \"\(address)\"\n") == ["m.yaml:2:11: server.listen: \(message)"])
    }

    @Test func `a key given twice`() {
        #expect(
            problems("cache:\n  ttl: 1h\n  negative_ttl: 1m\n  ttl: 2h\n")
                == ["m.yaml:2:3: ttl: is given more than once, here first"])
    }

    @Test func `a key given twice in two spellings`() {
        let yaml = """
            chains:
              1: { id: 1, rpc: ["https://a.example"] }
              "1": { id: 2, rpc: ["https://b.example"] }
            """
        #expect(problems(yaml).first == "m.yaml:3:3: chains.1: is given twice")
    }

    @Test func `text that is not YAML`() throws {
        let unclosed = problems("server:\n  listen: \"0.0.0.0:80\n")
        #expect(unclosed.count == 1)
        #expect(unclosed.first?.hasPrefix("m.yaml:3:1: configuration: is not valid YAML: ") == true)
        let control = problems("log:\n  level: in\u{7}fo\n")
        #expect(control.first?.hasPrefix("m.yaml:2:12: configuration: is not valid YAML: ") == true, "\(control)")
    }

    @Test func `all problems at once, in the order of the file`() {
        let yaml = """
            log: { level: loud }
            cache:
              ttl: soon
              redis: { port: 6379 }
            admin: { listen: nowhere }
            """
        let places = problems(yaml).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(
            places == [
                "m.yaml:1:15: log.level:", "m.yaml:3:8: cache.ttl:", "m.yaml:4:12: cache.redis.port:",
                "m.yaml:5:18: admin.listen:",
            ])
    }

    @Test func `columns count characters, not bytes`() {
        #expect(
            problems("cache: { redis: { key_prefix: \"é:\" }, ttl: x }\n").first?.hasPrefix("m.yaml:1:44: cache.ttl: ")
                == true)
    }
}

@Suite struct `Chains and collections` {
    @Test func `a chain needs its number and an endpoint, once each`() {
        #expect(
            problems("chains:\n  ethereum: {}\n") == [
                "m.yaml:2:13: chains.ethereum.id: is needed: the chain's EIP-155 number",
                "m.yaml:2:13: chains.ethereum.rpc: needs at least one JSON-RPC endpoint",
            ])
    }

    @Test func `two chains cannot be one`() {
        let yaml = """
            chains:
              ethereum: { id: 1, rpc: ["https://a.example"] }
              mainnet: { id: 1, rpc: ["https://b.example"] }
            """
        #expect(problems(yaml) == ["m.yaml:3:3: chains.mainnet: has the same id as another chain"])
    }

    @Test func `two chains without a number are not taken for the same`() {
        let yaml = "chains:\n  a: { rpc: [\"https://a.example\"] }\n  b: { rpc: [\"https://b.example\"] }\n"
        #expect(problems(yaml).allSatisfy { $0.hasSuffix("is needed: the chain's EIP-155 number") })
    }

    @Test func `a name must be able to stand in a URL`() {
        let yaml = "chains:\n  Main Net: { id: 1, rpc: [\"https://a.example\"] }\n"
        #expect(
            problems(yaml) == ["m.yaml:2:3: chains.Main Net: chain names are lower-case letters, digits and hyphens"])
    }

    @Test func `an endpoint is a URL, reported where it stands`() {
        let yaml = """
            chains:
              ethereum:
                id: 1
                rpc:
                  - https://a.example
                  - ftp://b.example
                  - { url: c.example }
            """
        let message = "each endpoint must be an http:// or https:// URL"
        #expect(
            problems(yaml) == [
                "m.yaml:6:9: chains.ethereum.rpc[1]: \(message)", "m.yaml:7:9: chains.ethereum.rpc[2]: \(message)",
            ])
    }

    @Test func `an endpoint's variable that is not set is named`() {
        let yaml = "chains:\n  ethereum: { id: 1, rpc: [\"${ETHEREUM_RPC_URL}\"] }\n"
        let message = "the environment variable ETHEREUM_RPC_URL is not set and has no default"
        #expect(problems(yaml) == ["m.yaml:2:28: chains.ethereum.rpc[0]: \(message)"])
        let mapping = "chains:\n  ethereum: { id: 1, rpc: [{ url: \"${ETHEREUM_RPC_URL}\" }] }\n"
        #expect(problems(mapping) == ["m.yaml:2:35: chains.ethereum.rpc[0].url: \(message)"])
    }

    @Test func `endpoints keep their order, headers and weights`() throws {
        let yaml = """
            chains:
              base:
                id: 8453
                rpc:
                  - { url: "https://a.example", headers: { x-key: "${KEY}" }, weight: 3 }
                  - https://b.example
            """
        let chain = try #require(configuration(yaml, ["KEY": "k"]).configuration.chains.first)
        #expect(chain.rpc.map(\.url) == ["https://a.example", "https://b.example"])
        #expect(chain.rpc.map(\.weight) == [3, 1])
        #expect(chain.rpc.first?.headers.map { "\($0.name)=\($0.value)" } == ["x-key=k"])
    }

    @Test func `gateways are hedged after a quantile, a time or never`() throws {
        for (text, hedge) in [
            ("p95", Configuration.Upstream.Hedge.percentile95), ("off", .off), ("250ms", .after(.milliseconds(250))),
        ] {
            let loaded = try configuration("upstream: { hedge_after: \(text) }")
            #expect(loaded.configuration.upstream.hedge == hedge)
            #expect(loaded.effective.contains("hedge_after: \(text)"))
        }
        #expect(
            problems("upstream: { hedge_after: p50 }") == [
                "m.yaml:1:26: upstream.hedge_after: must be p95, off, or a duration such as 500ms"
            ])
    }

    @Test func `gateways left out, and gateways left empty, are the usual ones`() throws {
        for yaml in ["", "gateways:\n", "gateways:\n  ipfs:\n  arweave: ~\n"] {
            let gateways = try configuration(yaml).configuration.gateways
            #expect(gateways.ipfs.map(\.url) == ["https://ipfs.io", "https://dweb.link"])
            #expect(gateways.arweave.map(\.url) == ["https://arweave.net"])
        }
        let own = try configuration("gateways: { ipfs: [\"https://mine.example\"] }").configuration.gateways
        #expect(own.ipfs.map(\.url) == ["https://mine.example"])
    }

    @Test func `a collection names a chain of the file and a contract`() throws {
        let chains = "chains: { ethereum: { id: 1, rpc: [\"https://a.example\"] } }\n"
        let good = chains + "collections:\n  - { chain: ethereum, contract: \"\(sampleContract)\", ttl: 5m }\n"
        let collection = try #require(configuration(good).configuration.collections.first)
        #expect(collection.ttl == .seconds(300))
        #expect(!collection.isDisabled)
        let bad = chains + "collections:\n  - { chain: solana, contract: \"0x12\" }\n"
        #expect(
            problems(bad) == [
                "m.yaml:3:14: collections[0].chain: must name a chain of this file",
                "m.yaml:3:32: collections[0].contract: a contract address is 0x and 40 hexadecimal digits, not 2",
            ])
    }
}
