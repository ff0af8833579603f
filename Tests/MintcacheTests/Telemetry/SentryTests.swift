import Testing

@testable import Mintcache

@Suite struct `A Sentry DSN` {
    @Test(arguments: [
        ("https://abc123@o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/api/42/envelope/"),
        ("http://abc123@127.0.0.1:9000/7", "http://127.0.0.1:9000/api/7/envelope/"),
        ("https://abc123@errors.example/sentry/7", "https://errors.example/sentry/api/7/envelope/"),
        ("https://abc123:secret@errors.example/7", "https://errors.example/api/7/envelope/"),
    ])
    func `tells where envelopes go`(text: String, url: String) throws {
        let dsn = try #require(SentryDSN(text))
        #expect(dsn.envelopeURL == url)
        #expect(dsn.publicKey == "abc123")
    }

    @Test(arguments: [
        "", "abc", "https://errors.example/7", "https://@errors.example/7", "https://abc@errors.example",
        "https://abc@errors.example/", "ftp://abc@errors.example/7", "https://abc@errors.example/7?x=1",
        "https://abc@errors.example/a b/7", "https://abc@/7", "https://a\r\nb@errors.example/7",
    ])
    func `that is none is refused`(text: String) {
        #expect(SentryDSN(text) == nil)
    }
}

@Suite struct `Sentry's rate limits` {
    @Test(arguments: [
        ("60:error:organization", 60), ("60::organization", 60), ("60", 60), ("10:default;error", 10),
        ("2700:transaction;session:key, 5:error:key", 5), ("5:error, 9::key", 9), ("999999999:error", 3600),
    ])
    func `silence errors when they mean them`(field: String, seconds: Int) {
        #expect(SentryLimits.quiet(field) == seconds)
    }

    @Test(arguments: ["60:transaction:organization", "", "x:error", "-5:error", "0:error"])
    func `of other things do not`(field: String) {
        #expect(SentryLimits.quiet(field) == nil)
    }
}
