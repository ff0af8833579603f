import Testing

@testable import HTTPCaching

private func url(
    _ target: String, host: String = "example.com", scheme: String = "https", ignoring: [String] = []
) -> ResourceURL? {
    ResourceURL(
        scheme: scheme, authority: Array(host.utf8), target: Array(target.utf8),
        ignoring: ignoring.map { QueryPattern($0) })
}

extension ResourceURL {
    /// The URL as text.
    fileprivate var text: String {
        let query = query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? ""
        return
            "\(scheme)://\(String(decoding: authority, as: UTF8.self))\(String(decoding: path, as: UTF8.self))\(query)"
    }
}

@Suite struct ResourceURLNormalisationTests {
    /// RFC 3986, sections 6.2.2.1 (case), 6.2.2.2 (percent-encoding), 5.2.4 and 6.2.2.3 (dot segments).
    @Test(arguments: [
        ("/", "/"), ("/a/b", "/a/b"), ("/%7Euser", "/~user"), ("/%61%2d%2E%5f", "/a-._"), ("/%2f", "/%2F"),
        ("/a%3fb", "/a%3Fb"), ("/caf%c3%a9", "/caf%C3%A9"), ("/%25%34%31", "/%2541"), ("/a+b", "/a+b"),
        ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/..", "/a/"), ("/a/.", "/a/"), ("/..", "/"),
        ("/../../x", "/x"),
        ("/a/b/c/./../../g", "/a/g"), ("/%2e%2E/x", "/x"), ("/a/%2E%2e/b", "/b"), ("/a/.%2e/b", "/b"),
        ("/a/%2e", "/a/"),
        ("/...", "/..."), ("/.well-known/x", "/.well-known/x"), ("/a..", "/a.."), ("/a//b", "/a//b"),
        ("//a", "//a"),
        ("/a//../b", "/a/b"), ("/a/..//b", "//b"), ("/a%2F..%2Fb", "/a%2F..%2Fb"), ("/a;x=1/..;y", "/a;x=1/..;y"),
    ])
    func `gives a path its one spelling`(_ path: String, _ expected: String) {
        #expect(url(path)?.text == "https://example.com" + expected)
    }

    @Test(arguments: [
        ("/%", "/%"), ("/%4", "/%4"), ("/%zz", "/%zz"), ("/%%34%31", "/%%34%31"), ("/%41%", "/%41%"),
        ("/%zz/../b", "/b"), ("/%zz/%2e%2e/%2e%2e/b%", "/b%"),
    ])
    func `leaves unsound percent signs, but not dot segments`(_ path: String, _ expected: String) {
        #expect(url(path)?.text == "https://example.com" + expected)
    }

    @Test(arguments: [
        ("/?", "/?"), ("/?a=1&b=2", "/?a=1&b=2"), ("/?b=2&a=1", "/?b=2&a=1"), ("/?q=%7e%2f", "/?q=~%2F"),
        ("/?q=a/../b", "/?q=a/../b"), ("/?a?b", "/?a?b"), ("/?100%&%41", "/?100%&%41"), ("/?a&&b", "/?a&&b"),
    ])
    func `keeps a query in its order`(_ target: String, _ expected: String) {
        #expect(url(target)?.text == "https://example.com" + expected)
    }

    @Test(arguments: [
        ("/?utm_source=x", "/"), ("/?a=1&utm_source=x&b=2", "/?a=1&b=2"), ("/?%75tm_source=x&a", "/?a"),
        ("/?utm_", "/"),
        ("/?fbclid=1&a", "/?a"), ("/?fbclid2=1", "/?fbclid2=1"), ("/?FBCLID=1", "/?FBCLID=1"),
        ("/?a=utm_x", "/?a=utm_x"),
        ("/?", "/?"), ("/?=1", "/?=1"), ("/?&utm_x", "/?"), ("/?a&utm_x&utm_y", "/?a"), ("/?utm", "/?utm"),
    ])
    func `drops the parameters that do not count`(_ target: String, _ expected: String) {
        #expect(url(target, ignoring: ["utm_*", "fbclid"])?.text == "https://example.com" + expected)
    }

    @Test func `an asterisk alone drops every parameter`() {
        #expect(url("/?a=1&b=2", ignoring: ["*"])?.query == nil)
    }

    /// RFC 3986, section 6.2.3; RFC 9110, section 4.2.3.
    @Test(arguments: [
        ("https", "Example.COM", "https://example.com/"), ("HTTPS", "example.com:443", "https://example.com/"),
        ("http", "example.com:80", "http://example.com/"), ("http", "example.com:443", "http://example.com:443/"),
        ("https", "example.com:", "https://example.com/"),
        ("https", "example.com:08443", "https://example.com:8443/"),
        ("https", "example.com.", "https://example.com/"), ("https", "example.com.:443", "https://example.com/"),
        ("http", "192.0.2.1:8080", "http://192.0.2.1:8080/"), ("http", "[2001:DB8::1]", "http://[2001:db8::1]/"),
        ("http", "[::1]:80", "http://[::1]/"), ("http", "my_host", "http://my_host/"),
    ])
    func `gives scheme and host their one spelling`(_ scheme: String, _ host: String, _ expected: String) {
        #expect(url("/", host: host, scheme: scheme)?.text == expected)
    }

    @Test(arguments: [
        ("https", ""), ("https", "."), ("https", "user@example.com"), ("https", "a:b"), ("https", "a:65536"),
        ("https", "a:123456"), ("https", "a b"), ("https", "a/b"), ("https", "a%41"), ("https", "[::1"),
        ("https", "[]"),
        ("https", "[::1]x"), ("https", "[fe80::1%25eth0]"), ("https", "a,b"), ("ftp", "example.com"),
        ("", "example.com"),
        ("https", "bücher.example"), ("https", "a:-1"), ("https", "[12345678]"),
    ])
    func `refuses what is no authority`(_ scheme: String, _ host: String) {
        #expect(url("/", host: host, scheme: scheme) == nil)
    }

    @Test(arguments: [
        "", "a", "/a b", "/\r\nX: y", "/\0", "/\u{7F}", "?a", "ftp://example.com/", "http:/a", "http:///a",
    ])
    func `refuses what is no request target`(_ target: String) {
        #expect(url(target) == nil)
    }

    /// RFC 9112, section 3.2.2: the authority of an absolute target counts instead of Host.
    @Test(arguments: [
        ("http://Other.example/a", "http://other.example/a"),
        ("HTTPS://other.example:443", "https://other.example/"),
        ("http://other.example?x", "http://other.example/?x"),
        ("http://other.example//a", "http://other.example//a"),
    ])
    func `takes an absolute target at its word`(_ target: String, _ expected: String) {
        #expect(url(target)?.text == expected)
    }

    @Test func `knows the target of OPTIONS for the whole server`() {
        #expect(url("*")?.path == Array("*".utf8))
        #expect(url("*") != url("/*"))
    }
}

@Suite struct ResourceURLTargetTests {
    @Test(arguments: [
        ("/a", "/a"), ("/caf%c3%a9?q=%2f", "/caf%c3%a9?q=%2f"), ("/%7euser", "/~user"), ("/a/../b%2f", "/b%2F"),
        ("/%2f?utm_x", "/%2F"), ("/%zz%41", "/%zz%41"), ("http://other.example", "/"),
        ("http://other.example/%2f", "/%2f"),
        ("/?", "/?"), ("*", "*"),
    ])
    func `sends the client's octets unless they were other than their key`(_ target: String, _ expected: String) {
        let target = url(target, ignoring: ["utm_*"])?.target
        #expect(target.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test(arguments: [
        ("/", true), ("/a/b?c=d&e", true), ("/a.b", true), ("//a", true), ("/?a/b", true), ("", false),
        ("*", false),
        ("/%41", false), ("/a/./b", false), ("/..", false), ("/.a", false), ("/é", false), ("/a b", false),
        ("http://a/", false), ("/\u{7F}", false),
    ])
    func `knows a normalised target by its octets`(_ target: String, _ isNormal: Bool) {
        #expect(reading(target) { ResourceURL.isAlreadyNormal($0, ignoresParameters: false) } == isNormal)
    }

    @Test func `looks closer at a query when parameters are ignored`() {
        #expect(reading("/?a") { !ResourceURL.isAlreadyNormal($0, ignoresParameters: true) })
        #expect(reading("/a") { ResourceURL.isAlreadyNormal($0, ignoresParameters: true) })
    }
}

@Suite struct ResourceURLResolutionTests {
    /// The examples of RFC 3986, section 5.4, that are of use for http.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"), ("g?y#s", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"),
        ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"), ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/../x", "http://a/b/c/g"), ("https://h:443/x", "https://h/x"),
        ("HTTP://H?q", "http://h/?q"), ("1:2", "http://a/b/c/1:2"), ("./g:h", "http://a/b/c/g:h"),
    ])
    func `resolves a reference`(_ reference: String, _ expected: String) {
        let base = url("/b/c/d;p?q", host: "a", scheme: "http")
        #expect(base?.resolving(Array(reference.utf8))?.text == expected)
    }

    @Test(arguments: [
        "mailto:x", "http:g", "http:/g", "http:///g", "//", "//user@a/x", "a b", "\u{1}", "ftp://a/",
        "http://a:99999/",
        "https://[::1/", "g:h",
    ])
    func `makes nothing of a reference that is no URL of the web`(_ reference: String) {
        #expect(url("/b/c", host: "a", scheme: "http")?.resolving(Array(reference.utf8)) == nil)
    }

    @Test func `drops the same parameters from what it resolves`() {
        let base = url("/a?utm_x", ignoring: ["utm_*"])
        #expect(base?.resolving(Array("/b?utm_y&c".utf8)) == url("/b?c"))
    }

    @Test(arguments: [
        ("https", "example.com", true), ("https", "EXAMPLE.com:443", true), ("http", "example.com", false),
        ("https", "example.com:444", false), ("https", "www.example.com", false),
    ])
    func `compares origins`(_ scheme: String, _ host: String, _ same: Bool) throws {
        let one = try #require(url("/a"))
        #expect(one.hasSameOrigin(as: try #require(url("/b", host: host, scheme: scheme))) == same)
    }
}
