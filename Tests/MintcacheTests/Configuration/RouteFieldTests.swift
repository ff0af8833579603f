import Testing

@testable import Mintcache

@Suite struct `Fields named in a route` {
    private static func file(_ keys: String) -> String {
        "routes:\n  - name: api\n    path: /api/\n    upstream: https://api.example/\n    \(keys)\n"
    }

    @Test(arguments: [
        "Host", "content-length", "Transfer-Encoding", "connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
        "Proxy-Connection", "HTTP2-Settings",
    ]) func `those that frame or route a message cannot be set`(name: String) {
        let message = "frames or routes the message, which is the proxy's to do"
        #expect(
            problems(Self.file("request_headers: { \(name): x }")) == [
                "m.yaml:5:24: routes[0].request_headers.\(name): \(message)"
            ])
        #expect(
            problems(Self.file("cache: { key_headers: [\(name)] }")) == [
                "m.yaml:5:27: routes[0].cache.key_headers: \"\(name)\" \(message)"
            ])
    }

    @Test(arguments: ["If-None-Match", "if-modified-since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"])
    func `those that make a request conditional cannot be set`(name: String) {
        let message = "makes a request conditional or partial, which is the cache's to do"
        #expect(
            problems(Self.file("request_headers: { \(name): x }")) == [
                "m.yaml:5:24: routes[0].request_headers.\(name): \(message)"
            ])
        #expect(
            problems(Self.file("cache: { vary: [\(name)] }")) == [
                "m.yaml:5:20: routes[0].cache.vary: \"\(name)\" \(message)"
            ])
    }

    @Test func `those that direct caches can be set but make no keys`() {
        #expect(problems(Self.file("request_headers: { Cache-Control: no-cache, Pragma: no-cache }")).isEmpty)
        #expect(
            problems(Self.file("cache: { vary: [Cache-Control], key_headers: [pragma] }")) == [
                "m.yaml:5:20: routes[0].cache.vary: \"Cache-Control\" says how to cache, not what is asked for",
                "m.yaml:5:50: routes[0].cache.key_headers: \"pragma\" says how to cache, not what is asked for",
            ])
    }

    @Test(arguments: ["x y", "x:", "ä", ""]) func `a name must be a token`(name: String) {
        #expect(
            problems(Self.file("request_headers: { \"\(name)\": x }")) == [
                "m.yaml:5:24: routes[0].request_headers.\(name): is not a field name"
            ])
    }

    @Test(arguments: [
        ("SECRET\\nx: y", "holds a control character"), ("SECRET\\0", "holds a control character"),
        (" SECRET", "has white space around it"), ("SECRET\\t", "has white space around it"),
    ]) func `a value must fit into a line, and is not repeated`(value: String, message: String) {
        #expect(
            problems(Self.file("request_headers: { X-Key: \"\(value)\" }")) == [
                "m.yaml:5:31: routes[0].request_headers.X-Key: \(message)"
            ])
    }

    @Test func `the same field twice, in two spellings`() {
        #expect(
            problems(Self.file("request_headers: { X-Key: a, x-key: b }")) == [
                "m.yaml:5:34: routes[0].request_headers.x-key: is given twice"
            ])
        #expect(
            problems(Self.file("cache: { vary: [accept, accept] }")) == [
                "m.yaml:5:20: routes[0].cache.vary: \"accept\" is given twice"
            ])
        #expect(
            problems(Self.file("cache: { key_headers: [accept, Accept] }")) == [
                "m.yaml:5:27: routes[0].cache.key_headers: \"Accept\" is given twice"
            ])
    }

    @Test func `requests cannot differ by a field that the route sets`() {
        let yaml = Self.file("request_headers: { X-Key: a }\n    cache: { vary: [x-key], key_headers: [X-KEY] }")
        let message = "is set by request_headers, so that no two requests differ by it"
        #expect(
            problems(yaml) == [
                "m.yaml:6:20: routes[0].cache.vary: \"x-key\" \(message)",
                "m.yaml:6:42: routes[0].cache.key_headers: \"X-KEY\" \(message)",
            ])
    }

    @Test func `an empty value is kept: it takes the field away`() throws {
        let loaded = try configuration(Self.file("request_headers: { Cookie: \"\" }"))
        #expect(loaded.configuration.routes.first?.requestHeaders.map(\.value) == [""])
    }
}

@Suite struct `The URLs of the stores` {
    @Test(arguments: [
        (
            "http://SECRET@cache",
            "the URL of a Redis begins with redis://, redis+cluster:// or redis+sentinel://, or with rediss in place of "
                + "redis for TLS"
        ),
        ("redis://", "the URL of a Redis names no valid host; an IPv6 address stands in brackets"),
        ("redis://:SECRET@cache:0", "the port in the URL of a Redis is a number from 1 to 65535"),
        ("redis://:SECRET@cache/x", "the path in the URL of a Redis is the number of a database, such as /0"),
    ]) func `a Redis that could not be reached is refused without repeating it`(url: String, message: String) {
        #expect(problems("cache:\n  redis: { url: \"\(url)\" }\n") == ["m.yaml:2:17: cache.redis.url: \(message)"])
    }

    @Test func `an archive that could not be opened is refused without repeating it`() throws {
        let message = "names no file: write sqlite:PATH, such as sqlite:var/mintcache.db"
        #expect(problems("archive:\n  url: \"sqlite:\"\n") == ["m.yaml:2:8: archive.url: \(message)"])
        for url in ["postgres://u:SECRET@db:port/m", "postgres://u:SECRET@db/m?nonsense=1", "postgres://[::1/m"] {
            let problem = try #require(problems("archive:\n  url: \"\(url)\"\n").first)
            #expect(problem.hasPrefix("m.yaml:2:8: archive.url: the PostgreSQL URL cannot be read; "))
            #expect(!problem.contains("SECRET"))
        }
    }

    @Test(arguments: ["redis://cache", "rediss://u:p@cache:6380/1", "redis://[::1]:6379"])
    func `a Redis that could be reached is taken`(url: String) throws {
        #expect(try configuration("cache: { redis: { url: \"\(url)\" } }\n").configuration.cache.redis.url == url)
    }

    @Test(arguments: ["sqlite::memory:", "sqlite:a.db", "postgresql://u:p@a,b:5433/m?sslmode=require"])
    func `an archive that could be opened is taken`(url: String) throws {
        #expect(try configuration("archive: { url: \"\(url)\" }\n").configuration.archive.url == url)
    }
}
