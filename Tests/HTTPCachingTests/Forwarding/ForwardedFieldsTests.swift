import HTTPCaching
import Testing

private func text(_ fields: HeaderFields) -> [String] { fields.lines.map { "\($0.name): \($0.text)" } }

private func client(
    _ address: String? = "192.0.2.1", trusted: Bool = false, host: String? = "a.example", version: String = "1.1"
) -> ForwardedClient {
    ForwardedClient(
        address: address, isTrusted: trusted, scheme: .https, host: host.map { Array($0.utf8) },
        protocolVersion: version)
}

/// RFC 9110, section 7.6.1.
@Suite struct HopByHopTests {
    /// What is left of a request beside what every request is given.
    private func request(_ lines: String...) -> [String] {
        let given = ["Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"]
        let result = ForwardedFields.request(section(lines), from: client())
        return text(HeaderFields(result.lines.filter { line in !given.contains { line.isNamed($0) } }))
    }

    private func response(_ lines: String...) -> [String] {
        let result = ForwardedFields.response(section(lines), protocolVersion: "1.1", now: 0)
        return text(HeaderFields(result.lines.filter { !$0.isNamed("Via") && !$0.isNamed("Date") }))
    }

    @Test(arguments: [
        "Connection: close", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers", "Trailer: X",
        "Transfer-Encoding: chunked", "Upgrade: h2c", "Proxy-Authenticate: Basic", "Proxy-Authorization: Basic x",
        "Proxy-Authentication-Info: x", "HTTP2-Settings: x", "CONNECTION: y", "te: gzip",
    ])
    func `fields for one hop go no further`(_ line: String) {
        #expect(request(line, "X: 1") == ["X: 1"])
        #expect(response(line, "X: 1") == ["X: 1"])
    }

    @Test func `fields that Connection names go no further`() {
        #expect(request("Connection: A, b", "a: 1", "B: 2", "c: 3") == ["c: 3"])
        #expect(response("A: 1", "connection: a", "Connection: ,B , \t", "B: 2", "B: 3", "c: 3") == ["c: 3"])
    }

    @Test(arguments: [
        "Host: a", "Content-Length: 1", "Cache-Control: no-store", "Authorization: Basic x", "Cookie: a=1",
        "Range: bytes=0-1",
        "If-None-Match: \"a\"", "Content-Type: a/b", "Accept-Language: de", "Expect: 100-continue",
    ])
    func `Connection cannot take from a request what says whose it is and what it asks`(_ line: String) {
        let name = line.prefix { $0 != ":" }
        #expect(request("Connection: \(name)", line) == [line])
    }

    @Test(arguments: [
        "Cache-Control: private", "Vary: Cookie", "Age: 1", "Expires: 0", "Set-Cookie: a=1", "ETag: \"a\"",
        "Content-Encoding: gzip", "Content-Length: 1", "CDN-Cache-Control: no-store", "Last-Modified: x",
    ])
    func `Connection cannot take from a response what says how it may be stored`(_ line: String) {
        let name = line.prefix { $0 != ":" }
        #expect(response("Connection: \(name)", line) == [line])
    }

    @Test func `everything else passes in its order, case and octets`() {
        let lines = [
            "Set-Cookie: a", "x-Y: é", "SET-COOKIE: b", "Foo: 1", "Foo: 2", "Empty: ", "Trailers: x",
            "WWW-Authenticate: a",
        ]
        let all = HeaderFields(
            lines.map { line in
                FieldLine(String(line.prefix { $0 != ":" }), String(line.drop { $0 != ":" }.dropFirst(2)))
            })
        let result = ForwardedFields.response(all, protocolVersion: "1.1", now: 0)
        #expect(Array(result.lines.prefix(lines.count)) == all.lines)
    }
}

@Suite struct ListFieldTests {
    /// RFC 9110, section 5.3.
    @Test func `joins the lines of lists where the first stands`() {
        let joined = ForwardedFields.response(
            section(
                "Vary: A", "X: 1", "vary: B, C", "Cache-Control: no-cache", "X: 2", "Cache-Control:", "CACHE-CONTROL: a"
            ),
            protocolVersion: "1.1", now: 0)
        #expect(text(joined).prefix(4) == ["Vary: A, B, C", "X: 1", "Cache-Control: no-cache, a", "X: 2"])
    }

    @Test func `never joins cookies and challenges`() {
        let lines = ["Set-Cookie: a", "Set-Cookie: b", "WWW-Authenticate: Basic", "WWW-Authenticate: Digest"]
        #expect(text(ForwardedFields.response(section(lines), protocolVersion: "1.1", now: 0)).prefix(4) == lines[...])
    }
}

@Suite struct ViaAndDateTests {
    /// RFC 9110, section 7.6.3.
    @Test(arguments: [
        ([], "1.1", "1.1 mintcache"), (["Via: 1.0 a"], "1.1", "1.0 a, 1.1 mintcache"),
        (["Via: 1.0 a", "Via: 1.1 b"], "1.0", "1.0 a, 1.1 b, 1.0 mintcache"), (["Via:"], "2", "2 mintcache"),
    ])
    func `adds itself to Via`(_ lines: [String], _ version: String, _ expected: String) {
        let request = ForwardedFields.request(section(lines), from: client(version: version))
        let response = ForwardedFields.response(section(lines), protocolVersion: version, now: 0)
        #expect(request.values(of: "via") == [Array(expected.utf8)])
        #expect(response.values(of: "via") == [Array(expected.utf8)])
    }

    /// RFC 9110, section 6.6.1.
    @Test func `dates a response that has no date, and no other`() {
        let dated = ForwardedFields.response(section("X: 1"), protocolVersion: "1.1", now: 784_111_777)
        #expect(dated["Date"] == Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8))
        let own = ForwardedFields.response(section("date: whenever"), protocolVersion: "1.1", now: 0)
        #expect(own.values(of: "Date") == [Array("whenever".utf8)])
    }
}

@Suite struct ForwardedClientTests {
    private func told(_ lines: [String], _ client: ForwardedClient) -> [String: String] {
        let result = ForwardedFields.request(section(lines), from: client)
        let names = [
            "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "X-Forwarded-Port",
        ]
        return names.reduce(into: [:]) { told, name in
            let values = result.values(of: name).map { String(decoding: $0, as: UTF8.self) }
            if !values.isEmpty { told[name] = values.joined(separator: " | ") }
        }
    }

    private static let claims = [
        "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil", "x-real-ip: 10.0.0.1",
        "X-Forwarded-Port: 1", "Forwarded: for=10.0.0.1", "X-FORWARDED-FOR: 10.0.0.2",
    ]

    @Test func `replaces what a stranger says`() {
        let own = [
            "Forwarded": "for=192.0.2.1;host=a.example;proto=https", "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example",
        ]
        #expect(told([], client()) == own)
        #expect(told(Self.claims, client()) == own)
        #expect(told([], client(trusted: true)) == own)
    }

    @Test func `adds to what a trusted proxy says`() {
        #expect(
            told(Self.claims, client(trusted: true)) == [
                "Forwarded": "for=10.0.0.1, for=192.0.2.1;host=a.example;proto=https",
                "X-Forwarded-For": "10.0.0.1, 10.0.0.2, 192.0.2.1", "X-Forwarded-Proto": "http",
                "X-Forwarded-Host": "evil",
                "X-Real-IP": "10.0.0.1", "X-Forwarded-Port": "1",
            ])
    }

    /// RFC 7239, section 7.4.
    @Test func `tells in Forwarded of the hops that only the older field knows`() {
        let told = told(["X-Forwarded-For: 10.0.0.1, 2001:db8::2, unknown, 10.0.0.3:80"], client(trusted: true))
        #expect(
            told["Forwarded"] == """
                for=10.0.0.1, for="[2001:db8::2]", for=unknown, for="10.0.0.3:80", \
                for=192.0.2.1;host=a.example;proto=https
                """)
    }

    /// RFC 7239, sections 4 and 6.
    @Test(
        arguments: [
            ("2001:db8::1", "a.example:8443", "for=\"[2001:db8::1]\";host=\"a.example:8443\";proto=https"),
            ("192.0.2.1", "[::1]:80", "for=192.0.2.1;host=\"[::1]:80\";proto=https"),
            (nil, nil, "for=unknown;proto=https"), ("192.0.2.1", "", "for=192.0.2.1;host=\"\";proto=https"),
            ("192.0.2.1", "a\"b\\c", "for=192.0.2.1;host=\"a\\\"b\\\\c\";proto=https"),
        ] as [(String?, String?, String)])
    func `quotes what is no token`(_ address: String?, _ host: String?, _ expected: String) {
        #expect(told([], client(address, host: host))["Forwarded"] == expected)
    }

    @Test func `Connection cannot take away what is told`() {
        #expect(told(["Connection: X-Forwarded-For, Forwarded, Via"], client())["X-Forwarded-For"] == "192.0.2.1")
    }
}

/// RFC 9110, section 7.6.2.
@Suite struct MaxForwardsTests {
    @Test(arguments: [
        ("TRACE", "0", MaxForwards.answer, "0"), ("OPTIONS", "00", .answer, "00"), ("OPTIONS", "1", .forward, "0"),
        ("TRACE", "10", .forward, "9"), ("GET", "0", .forward, "0"), ("OPTIONS", "-1", .forward, "-1"),
        ("OPTIONS", "x", .forward, "x"), ("OPTIONS", "", .forward, ""),
        ("OPTIONS", "99999999999999999999999", .forward, "2147483647"),
    ])
    func `counts hops for TRACE and OPTIONS`(_ method: String, _ value: String, _ verdict: MaxForwards, _ left: String)
    {
        var fields = section("Max-Forwards: \(value)")
        #expect(MaxForwards.count(method: method, in: &fields) == verdict)
        #expect(fields["Max-Forwards"] == Array(left.utf8))
    }

    @Test func `forwards what has no limit`() {
        var fields = HeaderFields()
        #expect(MaxForwards.count(method: "TRACE", in: &fields) == .forward)
        #expect(fields.lines.isEmpty)
    }
}
