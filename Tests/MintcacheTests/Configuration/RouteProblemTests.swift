import Testing

@testable import Mintcache

@Suite struct `Problems of routes` {
    /// A file with one route whose other keys are in order; `keys` begin in column 5 of line 5.
    private static func file(_ keys: String) -> String {
        "routes:\n  - name: api\n    path: /api/\n    upstream: https://api.example/\n    \(keys)\n"
    }

    @Test func `a route needs a name, a path and an upstream`() {
        #expect(
            problems("routes:\n  - { retries: 1 }\n") == [
                "m.yaml:2:5: routes[0].name: is needed: what logs and the admin API call the route",
                "m.yaml:2:5: routes[0].path: is needed: what the paths of its requests begin with",
                "m.yaml:2:5: routes[0].upstream: is needed: the URL that requests are passed on to",
            ])
    }

    @Test func `a route is a mapping in a list`() {
        #expect(problems("routes: { name: a }\n") == ["m.yaml:1:9: routes: must be a list"])
        #expect(
            problems("routes: [api]\n").first == "m.yaml:1:10: routes[0]: must be a mapping of keys to values")
    }

    @Test func `a variable that is not set is the only problem of its key`() {
        let yaml = "routes:\n  - { name: \"${NAME}\", path: /a/, upstream: \"${URL}\" }\n"
        #expect(
            problems(yaml) == [
                "m.yaml:2:13: routes[0].name: the environment variable NAME is not set and has no default",
                "m.yaml:2:45: routes[0].upstream: the environment variable URL is not set and has no default",
            ])
    }

    @Test func `unknown keys, of the route and of its cache`() {
        let found = problems(Self.file("cache: { tll: 1h }\n    methods: [POST]"))
        #expect(found.count == 2)
        #expect(found.first?.hasPrefix("m.yaml:5:14: routes[0].cache.tll: unknown key; known here: ") == true)
        #expect(found.last?.hasPrefix("m.yaml:6:5: routes[0].methods: unknown key; known here: ") == true)
    }

    @Test(arguments: ["", "Api", "a b", "a_b", "ä", "a/b"]) func `a name that could not stand in a URL`(name: String) {
        let yaml = "routes:\n  - { name: \"\(name)\", path: /a/, upstream: \"https://a.example\" }\n"
        #expect(problems(yaml) == ["m.yaml:2:13: routes[0].name: must be lower-case letters, digits and hyphens"])
    }

    @Test(arguments: [
        ("", "must begin and end with /"), ("api/", "must begin and end with /"), ("/api", "must begin and end with /"),
        ("//", "must not have empty, . or .. parts"), ("/a//b/", "must not have empty, . or .. parts"),
        ("/a/./", "must not have empty, . or .. parts"), ("/a/../b/", "must not have empty, . or .. parts"),
        ("/a b/", "may hold only letters, digits and -._~!$&'()*+,;=:@ between its slashes"),
        ("/a%2Fb/", "may hold only letters, digits and -._~!$&'()*+,;=:@ between its slashes"),
        ("/a?b/", "may hold only letters, digits and -._~!$&'()*+,;=:@ between its slashes"),
        ("/ä/", "may hold only letters, digits and -._~!$&'()*+,;=:@ between its slashes"),
    ]) func `a path that no normalised path begins with`(path: String, message: String) {
        let yaml = "routes:\n  - { name: a, path: \"\(path)\", upstream: \"https://a.example\" }\n"
        #expect(problems(yaml) == ["m.yaml:2:22: routes[0].path: \(message)"])
    }

    @Test(arguments: ["v1", "healthz", "readyz", "ipfs", "ipns", "ar", "alchemy", "opensea", "auth", "admin"])
    func `a path inside one that is built in`(part: String) {
        for path in ["/\(part)/", "/\(part)/more/"] {
            let yaml = "routes:\n  - { name: a, path: \(path), upstream: \"https://a.example\" }\n"
            #expect(
                problems(yaml) == [
                    "m.yaml:2:22: routes[0].path: lies inside /\(part), which the proxy answers itself"
                ])
        }
    }

    @Test(arguments: ["/", "/v2/", "/v1x/", "/upstream/v1/", "/OpenSea/", "/a/b-c/._~:@/"])
    func `any other path is fine`(path: String) throws {
        let yaml = "routes:\n  - { name: a, path: \"\(path)\", upstream: \"https://a.example\" }\n"
        #expect(try configuration(yaml).configuration.routes.map(\.path) == [path])
    }

    @Test func `two routes cannot share a name or a path`() {
        let yaml = """
            routes:
              - { name: a, path: /a/, upstream: "https://a.example" }
              - { name: a, path: /b/, upstream: "https://a.example" }
              - { name: c, path: /a/, upstream: "https://a.example" }
            """
        #expect(
            problems(yaml) == [
                "m.yaml:3:13: routes[1].name: is another route's name",
                "m.yaml:4:22: routes[2].path: is another route's path",
            ])
    }

    @Test func `a route that is broken otherwise takes its name all the same`() {
        let yaml = """
            routes:
              - { name: a, path: /a/ }
              - { name: a, path: /b/, upstream: "https://a.example" }
            """
        #expect(problems(yaml).last == "m.yaml:3:13: routes[1].name: is another route's name")
    }

    @Test func `too many routes`() {
        let routes = (0...256).map { "  - { name: r\($0), path: /r\($0)/, upstream: \"https://a.example\" }\n" }
        #expect(problems("routes:\n" + routes.joined()) == ["m.yaml:2:3: routes: must be at most 256 routes"])
        #expect(problems("routes:\n" + routes.dropLast().joined()).isEmpty)
    }

    @Test(arguments: [
        ("timeout: 0s", "m.yaml:5:14: routes[0].timeout: must be longer than 0s"),
        ("idle_timeout: 0", "m.yaml:5:19: routes[0].idle_timeout: must be longer than 0s"),
        ("retries: 11", "m.yaml:5:14: routes[0].retries: must be a whole number from 0 to 10"),
        ("cache: { mode: on }", "m.yaml:5:20: routes[0].cache.mode: must be one of: origin, override, off"),
        (
            "cache: { request_directives: maybe }",
            "m.yaml:5:34: routes[0].cache.request_directives: must be one of: honour, ignore"
        ),
        ("cache: { max_entry: 65MiB }", "m.yaml:5:25: routes[0].cache.max_entry: must be at most 64MiB"),
    ]) func `a value out of range`(keys: String, problem: String) {
        #expect(problems(Self.file(keys)) == [problem])
    }

    @Test(arguments: [
        ("ttl", "1h"), ("negative_ttl", "1h"), ("error_ttl", "0s"), ("ttl_by_status", "{ 404: 1m }"),
        ("methods", "[POST]"),
    ]) func `what only override mode uses`(key: String, value: String) {
        let message = "m.yaml:5:14: routes[0].cache.\(key): only override mode uses \(key)"
        #expect(problems(Self.file("cache: { \(key): \(value) }")) == [message])
        #expect(problems(Self.file("cache: { \(key): \(value), mode: override }")).isEmpty)
    }

    @Test func `what only origin mode uses`() {
        let message = "only origin mode uses vary; in override mode name the fields in key_headers"
        let cache = "cache: { vary: [accept], mode: override }"
        #expect(problems(Self.file(cache)) == ["m.yaml:5:14: routes[0].cache.vary: \(message)"])
        #expect(problems(Self.file("cache: { vary: [accept] }")).isEmpty)
        let cookies = "must be false in override mode, where answers are everybody's"
        #expect(
            problems(Self.file("cache: { set_cookie: true, mode: override }")) == [
                "m.yaml:5:26: routes[0].cache.set_cookie: \(cookies)"
            ])
        #expect(problems(Self.file("cache: { set_cookie: false, vary: [], mode: override }")).isEmpty)
    }

    @Test(arguments: ["304", "412", "416"]) func `a status that is no answer of its own`(status: String) {
        let yaml = Self.file("cache: { mode: override, ttl_by_status: { \(status): 1m } }")
        let message = "answers a condition or a range, and is never kept"
        #expect(problems(yaml) == ["m.yaml:5:47: routes[0].cache.ttl_by_status.\(status): \(message)"])
    }

    @Test(arguments: ["199", "600", "3xy", "1xx", "+404", "0404", "default"])
    func `what is no status`(status: String) {
        let yaml = Self.file("cache: { mode: override, ttl_by_status: { \"\(status)\": 1m } }")
        let message = "must be a status from 200 to 599, or a class such as 5xx"
        #expect(problems(yaml) == ["m.yaml:5:47: routes[0].cache.ttl_by_status.\(status): \(message)"])
    }

    @Test func `a status without a lifetime`() {
        let yaml = Self.file("cache: { mode: override, ttl_by_status: { 404: } }")
        #expect(problems(yaml) == ["m.yaml:5:47: routes[0].cache.ttl_by_status.404: needs a duration"])
    }

    @Test(arguments: [
        ("GET", "is kept anyway; name only further methods"), ("HEAD", "is kept anyway; name only further methods"),
        ("DELETE", "has no answers that could be kept"), ("PUT", "has no answers that could be kept"),
        ("P OST", "is not a method"), ("", "is not a method"),
    ]) func `a method that cannot be added`(method: String, message: String) {
        let yaml = Self.file("cache: { mode: override, methods: [\"\(method)\"] }")
        #expect(problems(yaml) == ["m.yaml:5:39: routes[0].cache.methods: \"\(method)\" \(message)"])
    }

    @Test(arguments: ["", "a*b", "**", "a=b", "a&b", "a b", "#"]) func `no query parameter`(pattern: String) {
        let message = "is not a parameter's name, or the beginning of one and *"
        #expect(
            problems(Self.file("cache: { ignore_query: [\"\(pattern)\"] }")) == [
                "m.yaml:5:28: routes[0].cache.ignore_query: \"\(pattern)\" \(message)"
            ])
    }
}
