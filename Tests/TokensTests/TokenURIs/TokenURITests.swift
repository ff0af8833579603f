import Testing
import Tokens

private let v0 = "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o"
private let v1 = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
private let transaction = "rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"

@Suite("Token URIs")
struct TokenURITests {
    private func url(_ text: String, for token: TokenIdentifier? = nil) -> String? {
        TokenURI(parsing: text, for: token).url(ipfsGateway: "https://g.test/", arweaveGateway: "https://a.test")
    }

    @Test(
        "on IPFS are recognised in all their spellings",
        arguments: [
            "ipfs://\(v0)/1", "IPFS://\(v0)/1", "ipfs://ipfs/\(v0)/1", "ipfs://ipfs/ipfs//\(v0)/1",
            "ipfs:/ipfs/\(v0)/1",
            "ipfs:///ipfs///\(v0)/1", "ipfs:////\(v0)/1", "ipfs:\(v0)/1", "/ipfs/\(v0)/1", "ipfs/\(v0)/1", "\(v0)/1",
            "https://ipfs.io/ipfs/\(v0)/1", "https://x.mypinata.cloud/ipfs/\(v0)/1", "http://h.test:2053/ipfs/\(v0)/1",
            "htt://h.test/ipfs/\(v0)/1", "dweb:/ipfs/\(v0)/1", "  ipfs://\(v0)/1\n", "'ipfs://\(v0)/1'",
            "\u{FEFF}ipfs://\(v0)/1\u{200B}", "ipfs://\(v0)\n/1", "https://ipfs.io/ipfs/ipfs/\(v0)/1",
            "https://x.mypinata.cloud/ipfs/\(v0)/1?pinataGatewayToken=secret",
        ]
    )
    func ipfs(text: String) {
        #expect(url(text) == "https://g.test/ipfs/\(v0)/1")
        #expect(TokenURI(parsing: text).canonical == "ipfs://\(v1)/1")
        #expect(TokenURI(parsing: text).isImmutable)
    }

    @Test("in a subdomain gateway are content, in a foreign host are not")
    func subdomains() {
        #expect(url("https://\(v1).ipfs.dweb.link/a?b=c") == "https://g.test/ipfs/\(v1)/a?b=c")
        #expect(url("https://\(v1.uppercased()).ipfs.dweb.link") == "https://g.test/ipfs/\(v1)")
        #expect(url("https://\(v1).dweb.link/a") == "https://\(v1).dweb.link/a")
        #expect(url("https://\(v0).ipfs.dweb.link/a") == "https://\(v0.lowercased()).ipfs.dweb.link/a")
    }

    @Test(
        "with a path that only looks like IPFS are left alone",
        arguments: [
            "https://h.test/ipfs/55",
            "http://h.test/ipfs/000000000000000000000000000000000000000000000000000000000000149b",
            "https://h.test/ipfs/gucci/8.gif", "http://ipfs.io/ipfs/123.jpg", "https://ipfs.io/ipfs/a/ipfs/\(v0)",
            "https://h.test/ipfs/", "https://h.test", "https://h.test:8443/a?b=c#d", "http://[::1]:80/x",
            "https://ipfs.io/ipns/github.com/",
        ]
    )
    func web(text: String) {
        #expect(TokenURI(parsing: text) == .http(text))
        #expect(!TokenURI(parsing: text).isImmutable)
    }

    @Test("on IPNS are names or keys and may change")
    func ipns() {
        #expect(url("ipns://docs.example/a") == "https://g.test/ipns/docs.example/a")
        #expect(url("ipfs://ipns/\(v0)") == "https://g.test/ipns/\(v0)")
        #expect(url("/ipns/docs.example") == "https://g.test/ipns/docs.example")
        #expect(!TokenURI(parsing: "ipns://docs.example").isImmutable)
        #expect(url("ipns://..") == nil)
        #expect(url("ipns://") == nil)
    }

    @Test("on Arweave are transactions, through any gateway")
    func arweave() {
        #expect(url("ar://\(transaction)") == "https://a.test/\(transaction)")
        #expect(url("ar://\(transaction)/1.json") == "https://a.test/\(transaction)/1.json")
        #expect(url("https://arweave.net/\(transaction)/1") == "https://a.test/\(transaction)/1")
        #expect(url("https://abc.arweave.net/\(transaction)") == "https://a.test/\(transaction)")
        #expect(url("https://arweave.net/info") == "https://arweave.net/info")
    }

    @Test(
        "have paths that are encoded exactly once",
        arguments: [
            ("/a b.json", "/a%20b.json"), ("/a%20b.json", "/a%20b.json"), ("/a%2520b", "/a%2520b"),
            ("/100%", "/100%25"),
            ("/é", "/%C3%A9"), ("/Cat #1.png", "/Cat%20%231.png"), ("/What?.png", "/What%3F.png"),
            ("/index.html?a=b#c", "/index.html?a=b#c"), ("#1", "#1"), ("/?a=<b>", "/?a=%3Cb%3E"), ("/a\\b", "/a%5Cb"),
            ("/a/../b", nil), ("/%2e%2E/b", nil), ("/./b", nil), ("/..", nil), ("/...", "/..."),
            ("?x=1#2?3", "?x=1#2?3"),
            ("", ""), ("/", "/"),
        ]
    )
    func paths(path: String, expected: String?) {
        #expect(url("ipfs://\(v0)\(path)") == expected.map { "https://g.test/ipfs/\(v0)\($0)" })
    }

    @Test("take the token's number where a placeholder stands")
    func placeholders() {
        let token = TokenIdentifier(314_592)
        let padded = "000000000000000000000000000000000000000000000000000000000004cce0"
        #expect(url("https://h.test/{id}.json", for: token) == "https://h.test/\(padded).json")
        #expect(url("https://h.test/0x{ID}/%7Bid%7D", for: token) == "https://h.test/0x\(padded)/\(padded)")
        #expect(url("https://h.test/$TOKEN_ID", for: token) == "https://h.test/314592")
        #expect(url("ipfs://\(v0)/{id}", for: token) == "https://g.test/ipfs/\(v0)/\(padded)")
        #expect(url("https://h.test/{id}") == "https://h.test/%7Bid%7D")
    }

    @Test(
        "that nothing can fetch say why",
        arguments: [
            "", "null", "undefined", "-", "''", "1.json", "/metadata/1", "//h.test/1", "h.test/name/1",
            "file:///etc/passwd",
            "ftp://h.test/1", "gopher://h.test", "javascript:alert(1)", "did:nft:x", "blob:https://h.test/x", "bzz://x",
            "ipfs://", "ipfs://folder/abc", "ar://", "http://", "https://user:pass@h.test/", "http://h.test:99999/",
            "http://h.test:x/", "http://h t/", "http://é.test/", "data:application/json;base64", "data:;base64,A",
            "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1",
            "https://h.test/" + String(repeating: "a", count: 9000),
        ]
    )
    func unsupported(text: String) {
        guard case .unsupported(let reason) = TokenURI(parsing: text) else {
            Issue.record("understood \(text.prefix(80))")
            return
        }
        #expect(!reason.isEmpty)
        #expect(!reason.contains("pass"))
    }

    @Test("never crash the parser, whatever is changed in them")
    func mutations() {
        let seeds = [
            "ipfs://ipfs/\(v0)/a b#c.png?d", "https://\(v1).ipfs.dweb.link:443/%7Bid%7D?x#y", "ar://\(transaction)/1",
            "data:application/json;utf8,{\"a\":\"%20#\"}", "data:application/json;base64,eyJhIjoxfQ==", "'json:\n{}'",
        ]
        var generator = SeededGenerator(seed: 8)
        let token = TokenIdentifier(UInt256.max)
        for seed in seeds {
            for _ in 0..<1500 {
                var bytes = Array(seed.utf8)
                for _ in 0...generator.next() % 3 {
                    let position = Int(generator.next() % UInt64(bytes.count))
                    switch generator.next() % 3 {
                    case 0: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
                    case 1: bytes.remove(at: position)
                    default: bytes.insert(contentsOf: Array("/%#?.:{".utf8).shuffled(using: &generator), at: position)
                    }
                }
                let uri = TokenURI(parsing: String(decoding: bytes, as: UTF8.self), for: token)
                let url = uri.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test")
                #expect(url?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ?? true)
                #expect(
                    url.map {
                        TokenURI(parsing: $0) == .http($0) || $0.hasPrefix("https://g.test/ip")
                            || $0.hasPrefix("https://a.test/")
                    } ?? true)
            }
        }
    }
}

@Suite("Data URIs")
struct DataURITests {
    @Test(
        "are decoded however they were written",
        arguments: [
            ("data:text/plain,hello world", "text/plain", "hello world"),
            ("data:,a%20b", "text/plain", "a b"),
            (#"data:application/json,{"name": "a#b"}"#, "application/json", #"{"name": "a#b"}"#),
            (#"data:application/json;utf8,{"name": "100%"}"#, "application/json", #"{"name": "100%"}"#),
            ("data:application/json,%7B%22a%22%3A1%7D", "application/json", #"{"a":1}"#),
            (#"data:application/json,{"a":"b%20c"}"#, "application/json", #"{"a":"b c"}"#),
            (#"data:application/json,{"a":"%22"}"#, "application/json", #"{"a":"%22"}"#),
            ("data:application/json;base64,eyJhIjoxfQ==", "application/json", #"{"a":1}"#),
            ("DATA:Application/JSON;charset=utf-8;BASE64,eyJhIjox\nfQ", "application/json", #"{"a":1}"#),
            ("data:application/json;base64,eyJhIjoxfQ%3D%3D", "application/json", #"{"a":1}"#),
            (#"data:application/json;base64,{"a":1}"#, "application/json", #"{"a":1}"#),
            ("data:application/json,eyJhIjoxfQ", "application/json", #"{"a":1}"#),
            ("data:base64,eyJhIjoxfQ==", "text/plain", #"{"a":1}"#),
            (#"{"a":1}"#, "application/json", #"{"a":1}"#),
            ("json:\n{\"a\":1}", "application/json", #"{"a":1}"#),
            ("<svg fill='#f00'/>", "image/svg+xml", "<svg fill='#f00'/>"),
        ]
    )
    func decoding(uri: String, mediaType: String, content: String) {
        #expect(TokenURI(parsing: uri) == .data(mediaType: mediaType, bytes: Array(content.utf8)))
    }
}
