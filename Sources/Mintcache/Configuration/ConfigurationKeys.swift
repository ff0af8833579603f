import EventLoops
import Tokens
import UpstreamFetching

// Every key of the file: its name, type, bounds and default, in the order of the shipped file.

extension Configuration {
    /// - Parameter further: chains that the file does not have. Wallets may sign in on them; nothing else of the file is
    ///   about them.
    init(reading reader: MappingReader, adding further: [Chain] = []) {
        server = Server(reading: reader.mapping("server"))
        admin = Admin(reading: reader.mapping("admin"))
        cache = Cache(reading: reader.mapping("cache"))
        archive = Archive(reading: reader.mapping("archive"))
        chains = Chain.all(reading: reader.mapping("chains"))
        gateways = Gateways(reading: reader.mapping("gateways"))
        content = Content(reading: reader.mapping("content"), maximumEntry: cache.memory.maximumEntry)
        upstream = Upstream(reading: reader.mapping("upstream"))
        sources = Source.all(reading: reader, chains: chains)
        collections = Collection.all(reading: reader, chains: chains, sources: sources)
        let names = Set(chains.map(\.name))
        specialContracts = reader.elements("special_contracts").map {
            SpecialContract(reading: $0.mapping, chains: names)
        }
        // Before the routes, which have to know whether there are any.
        sessions = Sessions(reading: reader.mapping("sessions"), chains: chains + further)
        routes = Route.all(
            reading: reader, maximumEntry: cache.memory.maximumEntry, hasSessions: sessions.isEnabled)
        dropIn = DropIn(reading: reader.mapping("drop_in"))
        warming = Warming.all(reading: reader, chains: chains)
        log = Log(reading: reader.mapping("log"))
        watchdog = Watchdog(reading: reader.mapping("watchdog"))
        telemetry = Telemetry(reading: reader.mapping("telemetry"))
        chains += further
    }
}

extension MappingReader {
    func address(_ key: String, default fallback: ListenAddress) -> ListenAddress {
        custom(
            key, default: fallback, expected: "must be an IP address and a port, such as 0.0.0.0:8080 or [::]:8080",
            text: { Self.quoted($0.description) }, { ListenAddress(text: $0) })
    }
}

extension MappingReader {
    /// A URL that others are given to ask this proxy by; `nil` when there is none.
    fileprivate func publicURL(_ key: String) -> String? {
        let url = string(key, default: "")
        guard !url.isEmpty else { return nil }
        guard !url.contains("?"), !url.contains("#"), let text = (try? UpstreamURL(parsing: url))?.text else {
            report("must be an http:// or https:// URL without user information, query and fragment", key: key)
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

extension Configuration.Server {
    init(reading reader: MappingReader) {
        listen = reader.address("listen", default: ListenAddress(host: "0.0.0.0", port: 8080))
        publicURL = reader.publicURL("public_url")
        eventLoops = reader.custom(
            "event_loops", default: 0, expected: "must be auto or a number from 1 to 64",
            text: { $0 == 0 ? "auto" : String($0) },
            { $0 == "auto" ? 0 : Int($0).flatMap { (1...64).contains($0) ? $0 : nil } })
        maximumConnections = reader.integer("max_connections", default: 10_000, in: 1...1_000_000)
        let times = reader.mapping("timeouts")
        timeouts = Timeouts(
            header: times.duration("header", default: .seconds(10)),
            body: times.duration("body", default: .seconds(30)),
            idle: times.duration("idle", default: .seconds(75)),
            write: times.duration("write", default: .seconds(30)),
            request: times.duration("request", default: .seconds(10)),
            drain: times.duration("drain", default: .seconds(30)))
        times.finish()
        let bounds = reader.mapping("limits")
        limits = Limits(
            requestLine: bounds.bytes("request_line", default: .kibibytes(8)),
            headers: bounds.bytes("headers", default: .kibibytes(32)),
            headerCount: bounds.integer("header_count", default: 100, in: 1...128),
            body: bounds.bytes("body", default: .mebibytes(1)))
        if limits.headers > .kibibytes(48) { bounds.report("must be at most 48KiB", key: "headers") }
        bounds.finish()
        let cors = reader.mapping("cors")
        allowedOrigins = cors.strings("origins", default: ["*"])
        cors.finish()
        trustedProxies = reader.strings("trusted_proxies", default: [])
        if let text = trustedProxies.first(where: { AddressRange($0) == nil }) {
            reader.report("'\(text)' is neither an IP address nor a range such as 10.0.0.0/8", key: "trusted_proxies")
        }
        let rate = reader.mapping("rate_limit")
        rateLimit = RateLimit(
            requestsPerSecond: rate.integer("requests_per_second", default: 0, in: 0...1_000_000),
            burst: rate.integer("burst", default: 0, in: 0...1_000_000))
        rate.finish()
        reader.finish()
    }
}

extension Configuration.Admin {
    init(reading reader: MappingReader) {
        listen = reader.address("listen", default: ListenAddress(host: "127.0.0.1", port: 9090))
        token = reader.string("token", default: "", isSecret: true)
        if !token.isEmpty, token.utf8.count < 16 { reader.report("must be at least 16 bytes long", key: "token") }
        tokenFile = reader.string("token_file", default: "var/admin-token")
        isMetricsPublic = reader.boolean("metrics_public", default: false)
        reader.finish()
    }
}

extension Configuration.Cache {
    init(reading reader: MappingReader) {
        ttl = reader.duration("ttl", default: .seconds(86_400))
        ttlJitterPercent = reader.custom(
            "ttl_jitter", default: 10, expected: "must be a percentage from 0% to 50%", text: { "\($0)%" },
            { $0.hasSuffix("%") ? Int($0.dropLast()).flatMap { (0...50).contains($0) ? $0 : nil } : nil })
        staleWhileRevalidate = reader.duration("stale_while_revalidate", default: .seconds(7 * 86_400))
        staleIfError = reader.duration("stale_if_error", default: .seconds(30 * 86_400))
        immutableTTL = reader.duration("immutable_ttl", default: .seconds(86_400))
        placeholderTTL = reader.duration("placeholder_ttl", default: .seconds(300))
        negativeTTL = reader.duration("negative_ttl", default: .seconds(300))
        malformedTTL = reader.duration("malformed_ttl", default: .seconds(300))
        refusedTTL = reader.duration("refused_ttl", default: .seconds(60))
        errorTTL = reader.duration("error_ttl", default: .seconds(10))
        ttlGrowth = reader.integer("ttl_growth", default: 12, in: 1...1000)
        refreshCooldown = reader.duration("refresh_cooldown", default: .seconds(60))
        browserTTL = reader.duration("browser_ttl", default: .seconds(60))
        cdnTTL = reader.duration("cdn_ttl", default: .seconds(3600))
        hasVercelTags = reader.boolean("vercel_cache_tag", default: false)
        let memory = reader.mapping("memory")
        self.memory = Memory(
            size: memory.bytes("size", default: .mebibytes(256)),
            ttl: memory.duration("ttl", default: .seconds(60)),
            maximumEntry: memory.bytes("max_entry", default: .mebibytes(1)))
        memory.finish()
        let redis = reader.mapping("redis")
        self.redis = Redis(
            url: redis.string("url", default: "", isSecret: true),
            keyPrefix: redis.string("key_prefix", default: "mintcache:"),
            connectTimeout: redis.duration("connect_timeout", default: .seconds(1)),
            timeout: redis.duration("timeout", default: .milliseconds(250)),
            compressionThreshold: redis.bytes("compress_above", default: .kibibytes(1)),
            authorities: redis.string("ca_file", default: ""))
        if let fault = self.redis.urlFault { redis.report(fault, key: "url") }
        redis.finish()
        reader.finish()
    }
}

extension Configuration.Chain {
    static func all(reading reader: MappingReader) -> [Self] {
        let chains = reader.keys.map { name in Self(name: name, reading: reader.mapping(name)) }
        for (index, chain) in chains.enumerated() {
            if chain.id != 0, chains[..<index].contains(where: { $0.id == chain.id }) {
                reader.report("has the same id as another chain", name: chain.name)
            }
            if !isName(chain.name) {
                reader.report("chain names are lower-case letters, digits and hyphens", name: chain.name)
            }
        }
        return chains
    }

    private init(name: String, reading reader: MappingReader) {
        self.name = name
        id = UInt64(reader.integer("id", default: 0, in: 1...Int.max))
        if !reader.has("id") { reader.report("is needed: the chain's EIP-155 number", key: "id") }
        let problems = reader.log.problems.count
        rpc = reader.endpoints("rpc")
        if rpc.isEmpty, reader.log.problems.count == problems {
            reader.report("needs at least one JSON-RPC endpoint", key: "rpc")
        }
        batching = Configuration.Batching(of: reader)
        events = Configuration.Events(of: reader)
        reader.finish()
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
}

extension MappingReader {
    /// A list whose elements are a URL, or `{ url:, headers:, weight: }`. What headers and paths hold may be secret, so
    /// only the host is shown.
    func endpoints(_ key: String, default fallback: [String] = []) -> [Configuration.Endpoint] {
        let elements = elements(key)
        let endpoints = has(key) ? elements.compactMap(endpoint) : fallback.map { Configuration.Endpoint(url: $0) }
        log.record(path + [key], "[\(endpoints.map { Self.quoted(Self.masked($0.url)) }.joined(separator: ", "))]")
        return endpoints
    }

    /// One endpoint, written as those of a list are; `nil`, which is reported, when it is none.
    func endpoint(_ key: String) -> Configuration.Endpoint? {
        guard let endpoint = element(key).flatMap({ endpoint($0) }) else { return nil }
        log.record(path + [key], Self.quoted(Self.masked(endpoint.url)))
        return endpoint
    }

    private func endpoint(_ element: Element) -> Configuration.Endpoint? {
        let problems = log.problems.count
        var result = Configuration.Endpoint(url: "")
        if element.isText {
            result.url = text(element) ?? ""
        } else {
            let mapping = element.mapping
            let fields = mapping.mapping("headers")
            result.headers = fields.keys.map { ($0, fields.string($0, default: "", isSecret: true)) }
            result.weight = mapping.integer("weight", default: 1, in: 1...1000)
            result.url = mapping.string("url", default: "", isSecret: true)
            mapping.finish()
        }
        guard log.problems.count == problems else { return nil }
        guard result.url.hasPrefix("https://") || result.url.hasPrefix("http://") else {
            report("each endpoint must be an http:// or https:// URL", at: element)
            return nil
        }
        guard (try? UpstreamURL(parsing: result.url)) != nil else {
            report(
                "must be a URL that can be fetched, without user information: put credentials into headers", at: element
            )
            return nil
        }
        return result
    }

    /// Only the scheme and the host. Where an at sign stands too late to be user information, the URL is broken and
    /// anything in it may be a password.
    static func masked(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "********" }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let rest = url[authority.endIndex...]
        guard !rest.contains("@") else { return String(url[..<scheme.upperBound]) + "********" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return String(url[..<scheme.upperBound] + host) + (rest.count > 1 ? "/********" : String(rest))
    }
}

extension Configuration.Gateways {
    init(reading reader: MappingReader) {
        ipfs = reader.endpoints("ipfs", default: ["https://ipfs.io", "https://dweb.link"])
        arweave = reader.endpoints("arweave", default: ["https://arweave.net"])
        reader.finish()
    }
}

extension Configuration.Content {
    /// - Parameter maximumEntry: the default of `max_entry`.
    init(reading reader: MappingReader, maximumEntry: ByteCount) {
        ipfs = reader.boolean("ipfs", default: true)
        ipns = reader.boolean("ipns", default: true)
        arweave = reader.boolean("arweave", default: true)
        ttl = reader.duration("ttl", default: .seconds(7 * 86_400))
        nameTTL = reader.duration("name_ttl", default: .seconds(60))
        maximumBody = reader.bytes("max_body", default: .mebibytes(256))
        self.maximumEntry = reader.bytes("max_entry", default: min(maximumEntry, .mebibytes(64)))
        // What is kept is held in memory while it arrives.
        if self.maximumEntry > .mebibytes(64) { reader.report("must be at most 64MiB", key: "max_entry") }
        reader.finish()
    }
}

extension Configuration.DropIn {
    init(reading reader: MappingReader) {
        isAlchemyServed = reader.boolean("alchemy", default: true)
        isOpenSeaServed = reader.boolean("opensea", default: true)
        keys = reader.strings("keys", default: [], isSecret: true)
        // A key stands in a path as it is, and one that is empty would let everybody in.
        if keys.contains(where: { $0.isEmpty || !$0.utf8.allSatisfy(Self.isKeyByte) }) {
            reader.report("each key must be letters, digits and -._~", key: "keys")
        }
        reader.finish()
    }

    /// RFC 3986, section 2.3.
    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case _: "-._~".utf8.contains(byte)
        }
    }
}

extension Configuration.Log {
    init(reading reader: MappingReader) {
        level = reader.choice("level", default: .info)
        format = reader.choice("format", default: .json)
        isAccessLogged = reader.boolean("access", default: true)
        reader.finish()
    }
}
