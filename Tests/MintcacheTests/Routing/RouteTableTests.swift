import HTTPCaching
import Testing

@testable import Mintcache

/// Routes named by their paths, each with an upstream of its own.
private func table(_ paths: String..., upstream: String = "https://api.example/") throws -> RouteTable {
    let entries = paths.enumerated().map { index, path in
        "  - { name: r\(index), path: \"\(path)\", upstream: \"\(upstream)\" }\n"
    }
    return RouteTable(try configuration("routes:\n" + entries.joined()).configuration.routes)
}

extension RouteTable {
    fileprivate func prefix(of path: String) -> String? {
        let route = Array(path.utf8).withUnsafeBytes { self.route(for: $0) }
        return route.map { String(decoding: $0.prefix, as: UTF8.self) }
    }
}

@Suite struct `Finding the route of a path` {
    @Test(arguments: [
        ("/a/", "/a/"), ("/a/x", "/a/"), ("/a/b/", "/a/b/"), ("/a/b/c/d", "/a/b/"), ("/a/bc", "/a/"), ("/a/b", "/a/b/"),
        ("/a", "/a/"), ("/", nil), ("/ab", nil), ("/b/a/", nil), ("", nil), ("*", nil), ("a/", nil), ("/A/", nil),
    ]) func `the longest prefix wins, part by part`(path: String, expected: String?) throws {
        #expect(try table("/a/", "/a/b/").prefix(of: path) == expected)
        #expect(try table("/a/b/", "/a/").prefix(of: path) == expected)
    }

    @Test(arguments: [("/", "/"), ("/x", "/"), ("/ab", "/"), ("/a", "/a/"), ("*", "/"), ("", nil), ("x", nil)])
    func `the root takes what no other route does`(path: String, expected: String?) throws {
        #expect(try table("/a/", "/").prefix(of: path) == expected)
    }

    @Test func `no routes, no match`() {
        let table = RouteTable([])
        #expect(table.isEmpty)
        #expect(table.prefix(of: "/") == nil)
    }

    @Test func `a route is found by its name`() throws {
        let table = try table("/a/", "/")
        #expect(table.route(named: "r1")?.prefix == Array("/".utf8))
        #expect(table.route(named: "r2") == nil)
    }
}

@Suite struct `A route that wants a session` {
    private func table() throws -> RouteTable {
        let yaml = """
            sessions: { enabled: true, domain: app.example.com, chains: ["1"] }
            routes:
              - { name: open, path: /, upstream: "https://api.example/" }
              - { name: closed, path: /profile/, upstream: "https://api.example/profile/", auth: required }
            """
        return RouteTable(try configuration(yaml).configuration.routes)
    }

    @Test(arguments: [
        "//profile/secret", "/x/..%2Fprofile/secret", "/profile%2Fsecret", "/profile;a/secret", "/PROFILE/secret",
        "/profile%252Fsecret", "/x/%2E%2E/profile", "/x\\..\\profile\\secret", "/.;/profile/secret", "/pro%66ile/",
        // Servers that do not resolve what climbs, or resolve more than others.
        "/profile%2Fsecret%2F..%2F..%2Fy", "/profile%2Fsecret%2F..;%2F..;%2Fy", "/PROFILE/x/..%252F..%252Fy",
        "/PROFILE/x/..;/..;/y", "/PROFILE\\..\\y", "/PROFILE/secret/%252E%252E/%252E%252E", "/;%252Fx/profile/",
        "/a/x/;/..%2F..%2Fprofile/secret", "/a/x%2F%2F..%2F..%2F..%2Fprofile",
    ]) func `is not entered by another spelling of its paths on a wider one`(path: String) throws {
        let table = try table()
        let open = try #require(table.route(named: "open"))
        #expect(table.mayEscape(open, by: Array(path.utf8)))
    }

    @Test(arguments: ["/", "/x", "/profiles/", "/x/profile/", "/x;profile/", "/profil%65s", "/x/...%2Fy", "/x..%2F..y"])
    func `leaves all other paths to the wider one`(path: String) throws {
        let table = try table()
        let (open, closed) = (try #require(table.route(named: "open")), try #require(table.route(named: "closed")))
        #expect(!table.mayEscape(open, by: Array(path.utf8)))
        #expect(!table.mayEscape(closed, by: Array("/profile/".utf8)))
    }
}

@Suite struct `The upstream's target` {
    private static func target(_ path: String, under prefix: String, at upstream: String) throws -> String {
        let route = try #require(try table(prefix, upstream: upstream).route(named: "r0"))
        let origin = try #require(route.source as? UpstreamOrigin)
        return String(decoding: origin.target(for: Array(path.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        ("/a/x/y", "/x/y"), ("/a/", "/"), ("/a", "/"), ("/a/?q=1", "/?q=1"), ("/a?q=/a/b", "/?q=/a/b"),
        ("/a/x?", "/x?"), ("/a/x?a=b?c", "/x?a=b?c"), ("/a//x", "//x"),
    ]) func `is what follows the prefix`(path: String, expected: String) throws {
        #expect(try Self.target(path, under: "/a/", at: "https://api.example") == expected)
    }

    @Test(arguments: [
        ("/a/x/y?q", "/v2/x/y?q"), ("/a/", "/v2/"), ("/a", "/v2/"), ("/a?q", "/v2/?q"),
    ]) func `has the upstream's path before it`(path: String, expected: String) throws {
        #expect(try Self.target(path, under: "/a/", at: "https://api.example/v2/") == expected)
    }

    @Test(arguments: [("/rpc/", "/v2/key"), ("/rpc", "/v2/key"), ("/rpc?q", "/v2/key?q"), ("/rpc/x", "/v2/key/x")])
    func `at the root is the upstream's path as it was written`(path: String, expected: String) throws {
        #expect(try Self.target(path, under: "/rpc/", at: "https://api.example/v2/key") == expected)
    }

    @Test(arguments: ["/", "/x/%2F?q=%zz", "*", "/a/../b"]) func `of a transparent route is the same`(
        path: String
    ) throws {
        #expect(try Self.target(path, under: "/", at: "https://api.example") == path)
    }
}

@Suite struct `A route made ready` {
    private static func route(_ keys: String) throws -> Route {
        let yaml = "routes:\n  - name: api\n    path: /api/\n    upstream: \"http://[::1]:8080/v2\"\n    \(keys)\n"
        return try #require(RouteTable(try configuration(yaml).configuration.routes).route(named: "api"))
    }

    @Test func `knows its upstream, its fields and its limits`() throws {
        let route = try Self.route("request_headers: { X-Key: k }\n    max_request_body: 2KiB\n    retries: 3")
        let origin = try #require(route.source as? UpstreamOrigin)
        #expect(origin.authority == "[::1]:8080" && origin.origin == "http://[::1]:8080" && !origin.preservesHost)
        #expect(route.requestFields == [FieldLine("X-Key", "k")])
        #expect(route.maximumRequestBody == 2048 && route.retries == 3)
        #expect(route.timeout == .seconds(30) && route.idleTimeout == .seconds(30))
    }

    @Test func `follows the origin unless told`() throws {
        let caching = try #require(
            try Self.route("cache: { stale_if_error: 2s, set_cookie: false, vary: [Accept] }").caching)
        guard case .origin = caching.rules.mode else {
            Issue.record("not in origin mode")
            return
        }
        #expect(caching.rules.honoursRequestDirectives && !caching.rules.storesSetCookie)
        #expect(caching.rules.staleIfError == 2000 && caching.rules.staleWhileRevalidate == 0)
        #expect(caching.varyFields == ["accept"] && caching.rules.varyFields == ["accept"])
        #expect(caching.keyFields.isEmpty && caching.methods.isEmpty)
        #expect(caching.maximumEntry == 1 << 20 && !caching.exposesKey)
    }

    @Test func `overrides with its own lifetimes`() throws {
        let cache = "cache: { mode: override, ttl: 2s, error_ttl: 0s, ttl_by_status: { 302: 3s }, methods: [POST] }"
        let caching = try #require(try Self.route(cache).caching)
        guard case .override(let lifetimes) = caching.rules.mode else {
            Issue.record("not in override mode")
            return
        }
        #expect(!caching.rules.honoursRequestDirectives)
        #expect(caching.methods == ["POST"])
        #expect(lifetimes.lifetime(of: 200) == 2000)
        #expect(lifetimes.lifetime(of: 404) == 300_000 && lifetimes.lifetime(of: 410) == 300_000)
        #expect(lifetimes.lifetime(of: 302) == 3000)
        #expect(lifetimes.lifetime(of: 500) == 0)
    }

    @Test func `keeps nothing when it is off`() throws {
        #expect(try Self.route("cache: { mode: off }").caching == nil)
    }
}
