import RedisStore
import Testing

@Suite("The URL of a Redis")
struct RedisURLTests {
    @Test("has defaults for everything but the host")
    func defaults() throws {
        let url = try RedisURL(parsing: "redis://cache.internal")
        #expect(url.host == "cache.internal")
        #expect(url.port == 6379)
        #expect(url.database == 0)
        #expect(url.user == nil && url.password == nil && !url.usesTLS)
    }

    @Test("names user, password, IPv6 host, port and database")
    func everything() throws {
        let url = try RedisURL(parsing: "rediss://al%20ice:p%40ss%2Fw%C3%B6rd@[2001:db8::1]:6380/12")
        #expect(url.usesTLS)
        #expect(url.user == "al ice")
        #expect(url.password == "p@ss/wörd")
        #expect(url.host == "2001:db8::1")
        #expect(url.port == 6380)
        #expect(url.database == 12)
        #expect(url.description == "rediss://al ice:***@[2001:db8::1]:6380/12")
    }

    @Test("takes a password with separators in it as it is")
    func rawPassword() throws {
        let url = try RedisURL(parsing: "redis://:a/b@c:d@host/1")
        #expect(url.user == nil)
        #expect(url.password == "a/b@c:d")
        #expect(url.host == "host" && url.database == 1)
        #expect(!url.description.contains("a/b"))
    }

    @Test("names several nodes of a cluster")
    func cluster() throws {
        let url = try RedisURL(parsing: "rediss+cluster://:secret@a.internal:7000,[2001:db8::1],c:7002")
        #expect(url.usesTLS && url.deployment == .cluster)
        #expect(url.endpoints.map(\.description) == ["a.internal:7000", "[2001:db8::1]:6379", "c:7002"])
        #expect(url.description == "rediss+cluster://:***@a.internal:7000,[2001:db8::1]:6379,c:7002")
    }

    @Test("names sentinels, a master and two pairs of credentials")
    func sentinels() throws {
        let url = try RedisURL(
            parsing: "redis+sentinel://app:secret@one,two:26380/my%20master/2"
                + "?sentinel_username=s&sentinel_password=t%26u"
        )
        #expect(url.deployment == .sentinels(master: "my master"))
        #expect(url.endpoints.map(\.description) == ["one:26379", "two:26380"])
        #expect(url.user == "app" && url.password == "secret" && url.database == 2)
        #expect(url.sentinelCredentials?.user == "s" && url.sentinelCredentials?.password == "t&u")
        #expect(!url.description.contains("secret") && !url.description.contains("t&u"))
        #expect(try RedisURL(parsing: "redis+sentinel://one/mymaster").database == 0)
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("http://host", RedisURLError.scheme), ("", .scheme), ("redis:host", .scheme), ("redis://", .host),
            ("redis://:secret@", .host), ("redis://[::1", .host), ("redis://[host]", .host), ("redis://a,b", .host),
            ("redis://host:0", .port), ("redis://host:65536", .port), ("redis://host:", .port),
            ("redis://host:+1", .port), ("redis://[::1]x", .port), ("redis://host/x", .database),
            ("redis://host/-1", .database), ("redis://host/0/1", .database), ("redis://host?db=1", .parameters),
            ("redis://secret@host", .passwordMissing), ("redis://alice:@host", .passwordMissing),
            ("redis://:%zz@host", .percentEncoding), ("redis://:%4@host", .percentEncoding),
            ("redis+cluster://a,,b", .host), ("redis+cluster://a,b/1", .clusterDatabase), ("redis+cluster://", .host),
            ("redis+sentinel://a,b", .masterMissing), ("redis+sentinel://a/m/x", .database),
            ("redis+sentinel://a/m?sentinel_username=x", .parameters), ("redis+sentinel://a/m?x=secret", .parameters),
            ("redis+cluster://a?x=1", .parameters), ("redis+other://a", .scheme),
            ("redis://:%+1@host", .percentEncoding), ("redis://ho st", .character), ("redis://h\u{0}st", .character),
        ])
    func refused(text: String, reason: RedisURLError) {
        #expect(throws: reason) { try RedisURL(parsing: text) }
        #expect(!reason.description.contains("secret"))
    }
}
