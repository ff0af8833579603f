import Testing

@testable import Mintcache

/// A file with one route; `keys` follow those that every route needs.
private func file(_ keys: String = "") -> String {
    "routes:\n  - name: api\n    path: /api/\n    upstream: https://api.example/\n" + keys
}

private func route(_ keys: String = "", _ environment: [String: String] = [:]) throws -> Configuration.Route {
    try #require(configuration(file(keys), environment).configuration.routes.first)
}

@Suite struct `The routes of a configuration` {
    @Test func `are none by default`() throws {
        #expect(try configuration("").configuration.routes.isEmpty)
        #expect(try configuration("routes:\n").configuration.routes.isEmpty)
    }

    @Test func `have a default for everything but name, path and upstream`() throws {
        let route = try route()
        #expect(route.name == "api" && route.path == "/api/" && route.upstream.origin == "https://api.example")
        #expect(route.requestHeaders.isEmpty)
        #expect(route.timeout == .seconds(30) && route.idleTimeout == .seconds(30))
        #expect(route.maximumRequestBody == .mebibytes(1024))
        #expect(!route.preservesHost)
        #expect(route.retries == 1)
        let cache = route.cache
        #expect(cache.mode == .origin)
        #expect([cache.ttl, cache.negativeTTL, cache.errorTTL] == [.seconds(3600), .seconds(300), .seconds(10)])
        #expect(cache.staleWhileRevalidate == .zero && cache.staleIfError == .zero)
        #expect(cache.ttlByStatus.isEmpty && cache.vary.isEmpty && cache.keyHeaders.isEmpty)
        #expect(cache.ignoredQuery.isEmpty && cache.methods.isEmpty)
        #expect(cache.requestDirectives == .honour && cache.storesSetCookie && !cache.exposesKey)
        #expect(cache.maximumEntry == .mebibytes(1))
    }

    @Test func `take every key`() throws {
        let route = try route(
            """
                request_headers: { X-API-KEY: "${KEY}" }
                timeout: 5s
                idle_timeout: 1m
                max_request_body: 8MiB
                preserve_host: true
                retries: 0
                cache:
                  mode: override
                  ttl: 2h
                  negative_ttl: 1m
                  error_ttl: 0s
                  ttl_by_status: { 301: 1d, "5xx": 3s, 503: 1s }
                  stale_while_revalidate: 10m
                  stale_if_error: 1d
                  key_headers: [Accept, X-Chain]
                  ignore_query: ["utm_*", fbclid]
                  methods: [POST, QUERY]
                  request_directives: honour
                  set_cookie: false
                  expose_key: true
                  max_entry: 4MiB
            """, ["KEY": "k"])
        #expect(route.requestHeaders.map { "\($0.name)=\($0.value)" } == ["X-API-KEY=k"])
        #expect(route.timeout == .seconds(5) && route.idleTimeout == .seconds(60))
        #expect(route.maximumRequestBody == .mebibytes(8) && route.preservesHost && route.retries == 0)
        let cache = route.cache
        #expect(cache.mode == .override)
        #expect([cache.ttl, cache.negativeTTL, cache.errorTTL] == [.seconds(7200), .seconds(60), .zero])
        #expect(cache.staleWhileRevalidate == .seconds(600) && cache.staleIfError == .seconds(86_400))
        #expect(cache.keyHeaders == ["accept", "x-chain"])
        #expect(cache.ignoredQuery == ["utm_*", "fbclid"] && cache.methods == ["POST", "QUERY"])
        #expect(cache.requestDirectives == .honour && !cache.storesSetCookie && cache.exposesKey)
        #expect(cache.maximumEntry == .mebibytes(4))
    }

    @Test func `a status has its own lifetime ahead of its class, whichever comes first`() throws {
        for yaml in ["{ 503: 1s, 5xx: 3s }", "{ 5xx: 3s, 503: 1s }"] {
            let lifetimes = try route("    cache: { mode: override, ttl_by_status: \(yaml) }\n").cache.ttlByStatus
            #expect(lifetimes.count == 100)
            #expect(lifetimes[500] == .seconds(3) && lifetimes[599] == .seconds(3))
            #expect(lifetimes[503] == .seconds(1))
        }
    }

    @Test func `override mode ignores what clients say about caching, unless told, and keeps no cookies`() throws {
        let cache = try route("    cache: { mode: override }\n").cache
        #expect(cache.requestDirectives == .ignore && !cache.storesSetCookie)
    }

    @Test func `the largest entry is the memory tier's unless told`() throws {
        let yaml = file() + "cache: { memory: { max_entry: 2MiB } }\n"
        #expect(try configuration(yaml).configuration.routes.first?.cache.maximumEntry == .mebibytes(2))
    }

    @Test func `a route that is off may keep the keys of either mode`() {
        #expect(problems(file("    cache: { mode: off, ttl: 1h, vary: [accept], methods: [POST] }\n")).isEmpty)
    }

    @Test func `their order is the file's`() throws {
        let yaml = """
            routes:
              - { name: b, path: /b/, upstream: "http://b.example" }
              - { name: a, path: /, upstream: "http://a.example" }
            """
        #expect(try configuration(yaml).configuration.routes.map(\.name) == ["b", "a"])
    }
}

@Suite struct `The upstream of a route` {
    @Test(arguments: [
        ("https://api.example", "https://api.example", "api.example", "/"),
        ("https://API.example:443/v2", "https://api.example", "api.example", "/v2"),
        ("http://127.0.0.1:8081/v2/", "http://127.0.0.1:8081", "127.0.0.1:8081", "/v2/"),
        ("http://api.example:443/", "http://api.example:443", "api.example:443", "/"),
        ("https://[::1]:8443/a/b", "https://[::1]:8443", "[::1]:8443", "/a/b"),
    ]) func `is an origin and a path`(text: String, origin: String, authority: String, path: String) throws {
        let upstream = try #require(RouteUpstream(text))
        #expect(upstream.origin == origin)
        #expect(upstream.authority == authority)
        #expect(String(decoding: upstream.path, as: UTF8.self) == path)
    }

    @Test(arguments: [
        "", "api.example", "ftp://api.example/", "https://", "https://user:SECRET@api.example/",
        "https://api.example/?key=SECRET", "https://api.example/#x", "https://api.example?", "redis://api.example",
    ]) func `is refused unless it is a plain URL, without repeating it`(text: String) {
        let yaml = "routes:\n  - { name: a, path: /a/, upstream: \"\(text)\" }\n"
        let message = "must be an http:// or https:// URL without user information, query and fragment"
        #expect(problems(yaml) == ["m.yaml:2:37: routes[0].upstream: \(message)"])
    }
}

@Suite struct `The effective configuration of routes` {
    @Test func `shows every key and masks what may be secret`() throws {
        let yaml = """
            routes:
              - name: api
                path: /api/
                upstream: "https://api.example/v2/${KEY}"
                request_headers: { X-API-KEY: "${KEY}", authorization: "Bearer ${KEY}" }
                cache: { mode: override, ttl_by_status: { 301: 24h }, ignore_query: ["utm_*"] }
            """
        let secret = "hunter2-hunter2"
        let effective = try configuration(yaml, ["KEY": secret]).effective
        #expect(!effective.contains(secret) && !effective.contains("Bearer"))
        #expect(
            effective.contains(
                """
                routes[0]:
                  name: "api"
                  path: "/api/"
                  upstream: "https://api.example/********"
                  request_headers:
                    X-API-KEY: "********"
                    authorization: "********"
                  timeout: 30s
                  idle_timeout: 30s
                  max_request_body: 1GiB
                  preserve_host: false
                  retries: 1
                  auth: none
                  wallet_rate_limit:
                    requests_per_second: 0
                    burst: 0
                  cache:
                    mode: override
                    ttl: 1h
                    negative_ttl: 5m
                    error_ttl: 10s
                    ttl_by_status:
                      301: 1d
                    stale_while_revalidate: 0s
                    stale_if_error: 0s
                    vary: []
                    key_headers: []
                    ignore_query: ["utm_*"]
                    methods: []
                    request_directives: ignore
                    set_cookie: false
                    expose_key: false
                    per_wallet: false
                    max_entry: 1MiB

                """))
    }

    @Test func `shows an upstream without a path as it is`() throws {
        #expect(try configuration(file()).effective.contains("  upstream: \"https://api.example/\"\n"))
    }
}
