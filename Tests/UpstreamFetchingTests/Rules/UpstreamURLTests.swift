import Testing

@testable import UpstreamFetching

@Suite("Upstream URLs")
struct UpstreamURLTests {
    @Test(arguments: [
        ("http://example.com", "http://example.com/", "example.com", 80),
        ("HTTPS://EXAMPLE.com./a/../b?q=1#part", "https://example.com/b?q=1", "example.com", 443),
        ("http://example.com:8080/a b", "http://example.com:8080/a%20b", "example.com", 8080),
        ("http://example.com/é", "http://example.com/%c3%a9", "example.com", 80),
        ("http://bücher.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80),
        ("http://2130706433/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://0177.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http:/127.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://[::FFFF:7f00:1]:81/", "http://[::ffff:7f00:1]:81/", "::ffff:127.0.0.1", 81),
    ])
    func `every spelling ends in one normal form`(text: String, normal: String, host: String, port: UInt16) throws {
        let url = try UpstreamURL(parsing: text)
        #expect(url.text.lowercased() == normal)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(try UpstreamURL(parsing: url.text) == url)
    }

    @Test(arguments: [
        "", "example.com", "//example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "javascript:alert(1)", "http://user@example.com/", "http://user:secret@example.com/", "http://",
        "http://exa mple.com/", "http://example.com:99999/", "http://example.com:0/", "http://exam\u{0}ple.com/",
        "http://example.com/\r\nX: 1", "http://[fe80::1%25eth0]/", "http://a,b/", "http://*/", "http://%2531/",
        "http://-a.test/", "http://[::1]x/", "http://a.test\\@b.test/",
    ])
    func `anything else is refused without repeating it`(text: String) {
        #expect {
            try UpstreamURL(parsing: text)
        } throws: { error in
            guard let failure = error as? FetchFailure else { return false }
            return failure.kind == .refusedURL && !failure.description.contains("secret")
        }
    }

    @Test func `URLs longer than the limit are refused`() {
        #expect(throws: FetchFailure.self) {
            try UpstreamURL(parsing: "http://example.com/" + String(repeating: "a", count: UpstreamURL.maximumBytes))
        }
    }

    @Test(arguments: [
        ("/b", "http://a.test/b"), ("b", "http://a.test/x/b"), ("?q", "http://a.test/x/y?q"),
        ("//b.test/", "http://b.test/"), ("https://b.test", "https://b.test/"), ("../../z", "http://a.test/z"),
    ])
    func `locations resolve against the URL that answered`(location: String, expected: String) throws {
        #expect(try UpstreamURL(parsing: "http://a.test/x/y").resolving(location).text == expected)
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://a.test/", "http://u:p@a.test/", "\u{1}"])
    func `locations that leave the web are refused`(location: String) throws {
        let url = try UpstreamURL(parsing: "http://a.test/")
        #expect(throws: FetchFailure.self) { try url.resolving(location) }
    }
}
