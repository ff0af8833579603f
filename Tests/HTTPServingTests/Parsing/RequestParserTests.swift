import Testing

@testable import HTTPServing

@Suite("A good head")
struct RequestParserTests {
    /// A head whose name in the test's report is one line.
    struct GoodHead: CustomStringConvertible, Sendable {
        let text: String
        var description: String { text.debugDescription }
    }

    static let good = heads.map(GoodHead.init)

    private static let heads: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /a/b?c=d&e=%20?f HTTP/1.1\r\nHost: example.com:8080\r\nX-Empty:\r\nX-Blank: \t \r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        "GET http://b.example/x?y HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET HTTPS://b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-Continue\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nTrailer: x\r\n\r\n",
        "PURGE /a HTTP/1.1\r\nhOsT: a\r\nConnection: close\r\n\r\n",
        "TRACE /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nAccept: x\r\nAccept: y\r\nX: 1\r\nACCEPT: \u{e9}\r\n\r\n",
        browser,
    ]

    static let browser = """
        GET /v1/ethereum/0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d/1 HTTP/1.1\r
        Host: api.example.com\r
        Connection: keep-alive\r
        sec-ch-ua-platform: "Linux"\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0\r
        sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r
        Accept: */*\r
        Origin: https://gallery.example.com\r
        Sec-Fetch-Site: cross-site\r
        Sec-Fetch-Mode: cors\r
        Sec-Fetch-Dest: empty\r
        Referer: https://gallery.example.com/\r
        Accept-Encoding: gzip, deflate, br, zstd\r
        Accept-Language: en-GB,en;q=0.9\r
        If-None-Match: "abc"\r
        \r\n
        """

    private func head(_ text: String, _ source: SourceLocation = #_sourceLocation) throws -> ParsedHead {
        var bench = ParserBench()
        let parsed = bench.parse(text)
        guard case .head(let head) = parsed else {
            Issue.record("not a head: \(parsed)", sourceLocation: source)
            throw Refused()
        }
        return head
    }

    private struct Refused: Error {}

    @Test("means the same wherever it is cut", arguments: good)
    func cuts(_ good: GoodHead) throws {
        let text = good.text
        let whole = try head(text)
        #expect(whole.length == text.utf8.count)
        var bench = ParserBench()
        let octets = Array(text.utf8)
        for cut in octets.indices {
            #expect(bench.parse(octets, cutAt: cut) == .head(whole), "cut at \(cut)")
        }
        #expect(bench.parseOctetByOctet(octets) == .head(whole))
    }

    @Test("ends where it ends, whatever follows", arguments: good)
    func followed(_ good: GoodHead) throws {
        let text = good.text
        var bench = ParserBench()
        let whole = try head(text)
        #expect(bench.parse(text + "\u{0}\n GET") == .head(whole))
    }

    @Test("leaves no trace in the next one")
    func reuse() throws {
        var bench = ParserBench()
        _ = bench.parse(Self.browser)
        _ = bench.parse("GET / HTTP/1.1\r\nHost: a\r\nAccept: x\r\nAccept: y\r\nX: ")
        let next = bench.parse("GET / HTTP/1.0\r\n\r\n")
        #expect(next == .head(try head("GET / HTTP/1.0\r\n\r\n")))
    }

    @Test("shows target, path and query")
    func target() throws {
        let parsed = try head("GET /a/b?c=d?e HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(parsed.method == "GET")
        #expect(parsed.target == "/a/b?c=d?e")
        #expect(parsed.path == "/a/b")
        #expect(parsed.query == "c=d?e")
        #expect(parsed.authority == "x")
        #expect(try head("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").query == nil)
        #expect(try head("GET /a? HTTP/1.1\r\nHost: x\r\n\r\n").query == "")
    }

    @Test("in absolute form names the host itself")
    func absoluteForm() throws {
        let parsed = try head("GET http://b.example:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(parsed.authority == "b.example:81")
        #expect(parsed.path == "/x")
        #expect(parsed.query == "y")
        let bare = try head("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(bare.authority == "b")
        #expect(bare.path == "/")
        #expect(try head("GET http://b?q=/ HTTP/1.1\r\nHost: a\r\n\r\n").path == "/")
    }

    @Test(
        "may have any valid host",
        arguments: ["a", "a.b-c_d~", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::ffff:1.2.3.4]:65535", "a:", "a:0"])
    func hosts(_ host: String) throws {
        #expect(try head("GET / HTTP/1.1\r\nHost:\t \(host) \t\r\n\r\n").authority == host)
    }

    @Test("knows every listed field, in any case")
    func knownFields() throws {
        for field in KnownField.allCases where ![.host, .contentLength, .transferEncoding, .expect].contains(field) {
            let name = String(describing: field.name)
            for spelled in [name, name.uppercased()] {
                let parsed = try head("POST / HTTP/1.0\r\n\(spelled): value\r\n\r\n")
                #expect(parsed.known == ["\(field)=value"])
            }
        }
        #expect(KnownField.allCases.count == KnownField.count)
    }

    @Test("does not take a similar name for a known one")
    func similarNames() throws {
        for field in KnownField.allCases {
            let name = Array(String(describing: field.name).utf8)
            for position in name.indices {
                var other = name
                other[position] = other[position] == 0x7A ? 0x79 : 0x7A
                let spelled = String(decoding: other, as: UTF8.self)
                #expect(try head("GET / HTTP/1.0\r\n\(spelled): v\r\n\r\n").known.isEmpty, "\(spelled)")
            }
        }
    }

    @Test("shows every line of a repeated field, in order")
    func repeatedFields() throws {
        let parsed = try head("GET / HTTP/1.0\r\nAccept: x\r\nX: 1\r\naccept: y\r\nACCEPT:\r\n\r\n")
        #expect(parsed.known == ["accept=x", "accept=y", "accept="])
        #expect(parsed.fields == ["Accept=x", "X=1", "accept=y", "ACCEPT="])
    }

    @Test("is persistent as RFC 9112 section 9.3 says")
    func persistence() throws {
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keepAlive)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, x\r\n\r\n").keepAlive)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, upgrade\r\n\r\n").keepAlive)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n").keepAlive)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: ,close\r\n\r\n").keepAlive)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n").keepAlive)
        #expect(try !head("GET / HTTP/1.0\r\n\r\n").keepAlive)
        #expect(try head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keepAlive)
    }

    @Test("tells how its body is framed")
    func framing() throws {
        #expect(try head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0010\r\n\r\n").framing == .length(10))
        #expect(try head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").framing == .none)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").framing == .none)
        #expect(try head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n").framing == .chunked)
        #expect(try head("POST / HTTP/1.1\r\nHost: a\r\n\r\n").framing == .none)
    }

    @Test("expects 100 Continue only with a body, and in HTTP/1.1")
    func expectation() throws {
        let length = "Content-Length: 1\r\n"
        #expect(try head("POST / HTTP/1.1\r\nHost: a\r\n\(length)Expect: 100-continue\r\n\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.0\r\n\(length)Expect: 100-continue\r\n\r\n").expectsContinue)
    }

    @Test("is the same as an owned copy")
    func detached() throws {
        var parser = RequestParser(limits: MessageLimits())
        let peer = Peer(testAddress)
        var progress = ParseProgress()
        let text = Array("POST /a?b HTTP/1.1\r\nHost: h\r\nX-Y: z\r\nAccept: q\r\nContent-Length: 3\r\n\r\n".utf8)
        let request = text.withUnsafeBytes { bytes in
            _ = parser.parse(bytes, resuming: &progress)
            return parser.withHead(bytes, from: .passUnretained(peer)) { $0.detached() }
        }
        #expect(request.method == .post)
        #expect(request.methodName == "POST")
        #expect(request.target == "/a?b")
        #expect(request.path == "/a")
        #expect(request.query == "b")
        #expect(request.authority == "h")
        #expect(request[.accept] == "q")
        #expect(request[.cookie] == nil)
        #expect(request.value(of: "x-y") == "z")
        #expect(request.framing == .length(3))
        #expect(request.fields.map(\.name) == ["Host", "X-Y", "Accept", "Content-Length"])
        #expect(request.peer == testAddress)
    }
}
