import Testing

@testable import Mintcache

@Suite struct `Environment variables in values` {
    private static let environment = ["HOST": "db.example", "EMPTY": "", "NESTED": "${HOST}"]

    @Test(arguments: [
        ("plain", "plain"), ("$HOST", "$HOST"), ("a $ b", "a $ b"), ("${HOST}", "db.example"),
        ("x-${HOST}-${HOST}-y", "x-db.example-db.example-y"), ("${NONE:-fallback}", "fallback"), ("${NONE:-}", ""),
        ("${HOST:-fallback}", "db.example"), ("${EMPTY:-fallback}", "fallback"), ("${NONE:-a:-b}", "a:-b"),
        ("${NESTED}", "${HOST}"), ("}${HOST}}", "}db.example}"),
    ]) func `are replaced once, or by their default`(text: String, expected: String) throws {
        #expect(try EnvironmentSubstitution.expand(text, in: Self.environment) == expected)
    }

    @Test(arguments: ["${NONE}", "${EMPTY}", "x${NONE}y"]) func `that are missing are named`(text: String) {
        #expect {
            try EnvironmentSubstitution.expand(text, in: Self.environment)
        } throws: { error in
            guard case EnvironmentSubstitution.Failure.missing(let name) = error else { return false }
            return text.contains(name)
        }
    }

    @Test(arguments: ["${", "${}", "${:-x}", "${HOST", "${HO ST}", "${HOST-x}", "${${HOST}}", "${É}"])
    func `written wrongly are refused`(text: String) {
        #expect {
            try EnvironmentSubstitution.expand(text, in: Self.environment)
        } throws: { error in
            guard case EnvironmentSubstitution.Failure.malformed = error else { return false }
            return true
        }
    }

    @Test func `are reported with the place of the value`() {
        #expect(
            problems("archive:\n  url: \"${DATABASE}\"\nlog: { level: \"${\" }\n") == [
                "m.yaml:2:8: archive.url: the environment variable DATABASE is not set and has no default",
                "m.yaml:3:15: log.level: write ${NAME} or ${NAME:-default}",
            ])
        #expect(
            problems("server: { cors: { origins: [\"*\", \"${ORIGIN}\"] } }\n") == [
                "m.yaml:1:34: server.cors.origins: the environment variable ORIGIN is not set and has no default"
            ])
    }

    @Test(arguments: [
        "x\nlog:\n  level: debug", "\", level: debug, x: \"", "x } , log: { level: debug", "&a *a !!map {}",
    ])
    func `never add keys, whatever they hold`(value: String) throws {
        let loaded = try configuration("cache: { redis: { key_prefix: \"${PREFIX}\" } }\n", ["PREFIX": value])
        #expect(loaded.configuration.cache.redis.keyPrefix == value)
        #expect(loaded.configuration.log.level == .info)
    }

    @Test func `never add lines to the effective configuration`() throws {
        let plain = try configuration("").effective
        let hostile = ["PREFIX": "x\n    url: \"redis://elsewhere\"\r\u{1B}[2J\\"]
        let effective = try configuration("cache: { redis: { key_prefix: \"${PREFIX}\" } }\n", hostile).effective
        #expect(effective.utf8.count { $0 == 0x0A } == plain.utf8.count { $0 == 0x0A })
        #expect(!effective.contains("\u{1B}") && !effective.contains("\r"))
        #expect(
            try configuration("cache:\n" + redisSection(effective)).configuration.cache.redis.keyPrefix
                == hostile["PREFIX"])
    }

    /// The lines of `cache.redis` in an effective configuration.
    private func redisSection(_ effective: String) -> String {
        let lines = effective.split(separator: "\n").drop { $0 != "  redis:" }.prefix(5)
        return lines.joined(separator: "\n") + "\n"
    }
}

@Suite struct `The effective configuration` {
    private static let secret = "hunter2-hunter2-hunter2"

    @Test func `shows what was set and masks what is secret`() throws {
        let yaml = """
            admin: { token: "${SECRET}" }
            cache: { ttl: 90m, redis: { url: "redis://user:${SECRET}@cache.example:6379" } }
            archive: { url: "postgres://user:${SECRET}@db.example/mintcache" }
            """
        let effective = try configuration(yaml, ["SECRET": Self.secret]).effective
        #expect(!effective.contains(Self.secret))
        #expect(effective.contains("  token: \"********\"\n"))
        #expect(effective.contains("  ttl: 90m\n"))
        #expect(effective.contains("  stale_if_error: 30d\n"))
    }

    @Test func `shows that a secret is not set`() throws {
        #expect(try configuration("").effective.contains("  token: \"\"\n"))
    }

    @Test(arguments: [
        "https://user:SECRET@rpc.example", "https://user:SECRET@rpc.example/", "https://SECRET@rpc.example/v2",
        "https://user:SEC/RET@rpc.example", "https://a@b:SECRET@rpc.example",
    ]) func `refuses user information in an endpoint without repeating it`(url: String) throws {
        let yaml = "chains: { ethereum: { id: 1, rpc: [\"\(url)\"] } }\n"
        let invalid = #expect(throws: InvalidConfiguration.self) { try configuration(yaml) }
        #expect(invalid?.description.contains("headers") == true)
        #expect(invalid?.description.contains("SEC") == false)
    }

    @Test(arguments: [
        "https://rpc.example/v2/SECRET", "https://rpc.example?key=SECRET", "https://rpc.example/?key=SECRET",
        "https://rpc.example#SECRET",
    ]) func `shows only the host of an endpoint`(url: String) throws {
        let secret = "SECRET"
        let yaml = "chains: { ethereum: { id: 1, rpc: [\"\(url)\"] } }\n"
        let loaded = try configuration(yaml)
        #expect(loaded.configuration.chains.first?.rpc.first?.url == url)
        #expect(!loaded.effective.contains(secret))
        #expect(loaded.effective.contains("https://"))
    }

    @Test func `masks headers of endpoints, of gateways too`() throws {
        let entry = "{ url: \"https://x.example/path\", headers: { authorization: \"Bearer \(Self.secret)\" } }"
        let yaml = "chains: { ethereum: { id: 1, rpc: [\(entry)] } }\ngateways: { ipfs: [\(entry)] }\n"
        let effective = try configuration(yaml).effective
        #expect(!effective.contains(Self.secret) && !effective.contains("Bearer"))
        #expect(effective.contains("https://x.example/********"))
    }

    @Test func `a problem does not repeat a secret`() {
        let yaml = "admin: { token: \"tiny-secret\" }\narchive: { url: \"mysql://u:tiny-secret@db\" }\n"
        let found = problems(yaml)
        #expect(found.count == 2)
        #expect(!found.contains { $0.contains("tiny-secret") })
    }
}
