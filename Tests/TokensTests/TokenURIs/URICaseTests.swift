import Testing

@testable import Tokens

private let v0 = "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o"
private let v1 = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
private let transaction = "rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"
private let token = TokenIdentifier(314_592)
private let padded = "000000000000000000000000000000000000000000000000000000000004cce0"

private func url(_ text: String, as form: IdentifierForm = .paddedHex) -> String? {
    TokenURI(parsing: text, for: token, as: form).url(ipfsGateway: "https://g.test/", arweaveGateway: "https://a.test")
}

private func canonical(_ text: String) -> String? { TokenURI(parsing: text).canonical }

private func reason(_ text: String) -> String? {
    guard case .unsupported(let reason) = TokenURI(parsing: text) else { return nil }
    return reason
}

@Suite struct `URIs of content` {
    @Test(arguments: [
        ("E-30", "ipfs://\(v0)/1"), ("E-31", "ipfs://ipfs/\(v0)/1"), ("E-31", "ipfs://ipfs//\(v0)/1"),
        ("E-31", "ipfs://ipfs/ipfs/ipfs/\(v0)/1"), ("E-32", "ipfs:/ipfs/\(v0)/1"), ("E-32", "ipfs:///ipfs/\(v0)/1"),
        ("E-32", "ipfs:////ipfs///\(v0)/1"), ("E-32", "ipfs:////\(v0)/1"), ("E-33", "IPFS://\(v0)/1"),
        ("E-33", "Ipfs:///\(v0)/1"), ("E-34", "\(v0)/1"), ("E-34", "\(v1)/1"), ("E-35", "/ipfs/\(v0)/1"),
        ("E-35", "ipfs/\(v0)/1"), ("E-37", "https://ipfs.io/ipfs/\(v0)/1"),
        ("E-37", "https://gateway.pinata.cloud/ipfs/\(v0)/1"), ("E-37", "https://ipfs.moralis.io:2053/ipfs/\(v0)/1"),
        ("E-38", "https://\(v1).ipfs.dweb.link/1"), ("E-42", "htt://mypinata.com/ipfs/\(v0)/1"),
        ("E-43", "https://x.mypinata.cloud/ipfs/\(v0)/1?pinataGatewayToken=secret"),
        ("E-44", "https://private.mypinata.cloud/ipfs/\(v0)/1"), ("E-54", "gateway.pinata.cloud/ipfs/\(v0)/1"),
        ("E-42", "ipfs://https://ipfs.io/ipfs/\(v0)/1"), ("E-66", "dweb:/ipfs/\(v0)/1"),
    ])
    func `E-30 to E-44 all spellings of one content are one`(number: String, text: String) {
        #expect(canonical(text) == "ipfs://\(v1)/1", "\(number)")
        #expect(url(text)?.hasPrefix("https://g.test/ipfs/") == true)
    }

    @Test func `E-34 version 1 in base 58 is a content identifier too`() {
        #expect(url("zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7/a")?.hasSuffix("LHhQ7/a") == true)
    }

    @Test(arguments: [
        "ipns://docs.example/a", "/ipns/docs.example/a", "ipfs://ipns/docs.example/a", "ipns/docs.example/a",
    ])
    func `E-36 a name on IPNS may change`(text: String) {
        #expect(canonical(text) == "ipns://docs.example/a")
        #expect(!TokenURI(parsing: text).isImmutable)
        #expect(url(text) == "https://g.test/ipns/docs.example/a")
    }

    @Test func `E-36 the hash of a key is a name, also where content should stand`() {
        let key = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8"
        for text in ["ipfs://\(key)/a", "ipns://\(key)/a", "/ipfs/\(key)/a"] {
            #expect(url(text) == "https://g.test/ipns/\(key)/a")
            #expect(!TokenURI(parsing: text).isImmutable)
        }
    }

    @Test func `E-38 a subdomain without ipfs after it is no content`() {
        #expect(TokenURI(parsing: "https://\(v1).dweb.link/1") == .http("https://\(v1).dweb.link/1"))
    }

    @Test func `E-39 the subdomain decides when it is valid, else the path`() {
        #expect(canonical("https://\(v1).ipfs.dweb.link/ipfs/\(v0)") == "ipfs://\(v1)/ipfs/\(v0)")
        #expect(canonical("https://dafybei.ipfs.dweb.link/ipfs/\(v0)") == "ipfs://\(v1)/")
    }

    @Test(arguments: [
        "https://dafybeie5gq4jxvzmsym6hjlwxej4rwdoxt7wadqvmmwbqi7r27fclha2va.ipfs.dweb.link/1",
        "https://ipfs.io/ipfs/dafybeie5gq4jxvzmsym6hjlwxej4rwdoxt7wadqvmmwbqi7r27fclha2va",
        "https://ipfs.io/ipfs/\(v0)x/1", "https://ipfs.io/ipfs/\(v0.dropLast())/1",
    ])
    func `E-40 an invalid identifier makes no content`(text: String) {
        #expect(TokenURI(parsing: text) == .http(text))
    }

    @Test(arguments: [
        "https://chinachi.site/ipfs/55", "https://api.t-o-s.xyz/ipfs/gucci/8.gif", "http://ipfs.io/ipfs/123.jpg",
        "http://api.bayc-nft.xyz/ipfs/000000000000000000000000000000000000000000000000000000000000149b",
        "https://metaarmy.in/ipfs/json/181", "https://ipfs.io/ipfs/something/ipfs/\(v0)",
    ])
    func `E-41 a fake ipfs path is not rewritten`(text: String) {
        #expect(TokenURI(parsing: text) == .http(text))
    }

    @Test func `E-43 query and fragment stay, secrets of gateways do not`() {
        #expect(url("https://ipfs.io/ipfs/\(v0)/a?x=1#y") == "https://g.test/ipfs/\(v0)/a?x=1#y")
        let secret = "https://x.mypinata.cloud/ipfs/\(v0)/a?b=c&pinataGatewayToken=secret&d=e#f"
        #expect(url(secret) == "https://g.test/ipfs/\(v0)/a?b=c&d=e#f")
        #expect(canonical(secret)?.contains("secret") == false)
    }

    @Test func `E-45 base 58 keeps its case, base 32 has none in a host`() {
        #expect(url("https://\(v1.uppercased()).IPFS.dweb.link/a") == "https://g.test/ipfs/\(v1)/a")
        #expect(CID(v0.lowercased()) == nil)
    }

    @Test func `E-46 versions 0 and 1 are equal, and are asked for as they were written`() throws {
        #expect(TokenURI(parsing: "ipfs://\(v0)/1") == TokenURI(parsing: "ipfs://\(v1)/1"))
        #expect(url("ipfs://\(v0)/1") == "https://g.test/ipfs/\(v0)/1")
        #expect(url("ipfs://\(v1)/1") == "https://g.test/ipfs/\(v1)/1")
    }

    @Test(arguments: [
        ("/a b.json", "/a%20b.json"), ("/a%20b.json", "/a%20b.json"), ("/a%2520b.json", "/a%2520b.json"),
        ("/Cat #1.png", "/Cat%20%231.png"), ("/Who?.png", "/Who%3F.png"), ("/100%.json", "/100%25.json"),
        ("/é.json", "/%C3%A9.json"), ("/😀", "/%F0%9F%98%80"), ("/a%2Fb", "/a%2Fb"), ("/[1].json", "/%5B1%5D.json"),
        ("/a\"b<c>", "/a%22b%3Cc%3E"),
    ])
    func `E-47 each segment is encoded exactly once`(path: String, encoded: String) {
        #expect(url("ipfs://\(v0)\(path)") == "https://g.test/ipfs/\(v0)\(encoded)")
        #expect(url("https://g.test/ipfs/\(v0)\(encoded)") == "https://g.test/ipfs/\(v0)\(encoded)")
    }

    @Test(arguments: ["/../x", "/a/%2e%2E/b", "/./a", "/.."])
    func `E-47 no path leads out of its content`(path: String) {
        #expect(reason("ipfs://\(v0)\(path)")?.contains("dot segments") == true)
        #expect(reason("ar://\(transaction)\(path)")?.contains("dot segments") == true)
    }
}

@Suite struct `URIs on Arweave` {
    @Test(arguments: [
        "ar://\(transaction)/9731.json", "AR://\(transaction)/9731.json", "ar:/\(transaction)/9731.json",
        "ar:///\(transaction)/9731.json", "https://arweave.net/\(transaction)/9731.json",
        "http://www.arweave.net/\(transaction)/9731.json",
        "https://vyc3rb3x35aqztqpzstz6b3f37ptcjp7htsdlmgfohn6scpvpy4q.arweave.net/\(transaction)/9731.json",
    ])
    func `E-49 and E-50 a transaction has one form`(text: String) {
        #expect(canonical(text) == "ar://\(transaction)/9731.json")
        #expect(url(text) == "https://a.test/\(transaction)/9731.json")
        #expect(TokenURI(parsing: text).isImmutable)
    }

    @Test func `E-49 an identifier keeps its case, and has no bits to spare`() {
        #expect(canonical("ar://\(transaction.lowercased())") != canonical("ar://\(transaction)"))
        #expect(reason("ar://\(transaction.dropLast())J") != nil)
        #expect(reason("ar://\(transaction)x") != nil)
    }

    @Test func `E-50 other pages of the gateway are pages`() {
        for text in ["https://arweave.net/info", "https://arweave.net/", "https://notarweave.net/\(transaction)"] {
            #expect(TokenURI(parsing: text) == .http(text))
        }
    }

    @Test func `E-51 a name leads to a host below the gateway's, and may change`() {
        #expect(url("ar://ardrive/a b") == "https://ardrive.a.test/a%20b")
        #expect(url("ar://docs_ardrive") == "https://docs_ardrive.a.test")
        #expect(canonical("ar://ardrive") == "ar://ardrive/")
        #expect(!TokenURI(parsing: "ar://ardrive").isImmutable)
        for gateway in ["http://127.0.0.1:1984", "http://[::1]", "https://host.test/ar", "nonsense"] {
            #expect(
                TokenURI(parsing: "ar://ardrive").url(ipfsGateway: "https://g.test", arweaveGateway: gateway) == nil)
        }
    }

    @Test(arguments: ["ar://", "ar://-a", "ar://a-", "ar://a.b", "ar://A", "ar://a__b_", "ar://é", "ar://@host"])
    func `E-51 what is neither is refused`(text: String) {
        #expect(reason(text)?.contains("43 characters") == true)
    }
}

@Suite struct `URIs of the web, and of nothing` {
    @Test(arguments: [
        ("http://user:secret@h.test/", "credentials"), ("https://secret@h.test", "credentials"),
        ("file:///etc/passwd", "'file'"), ("ftp://h.test/1", "'ftp'"), ("gopher://h.test/_x", "'gopher'"),
        ("javascript:alert(1)", "'javascript'"), ("vbscript:x", "'vbscript'"), ("http://", "host"),
        ("http://h.test:99999/", "host"), ("http://h t/", "host"),
    ])
    func `E-52 what must not be fetched is refused without repeating it`(text: String, word: String) {
        let reason = reason(text)
        #expect(reason?.contains(word) == true)
        #expect(reason?.contains("secret") == false)
    }

    @Test func `E-52 plain http, ports and literals are URLs; whether they are fetched is decided where they are`() {
        for text in [
            "http://h.test/1", "http://h.test:8080/1", "http://127.0.0.1/1", "http://localhost/", "http://[::1]/",
        ] {
            #expect(TokenURI(parsing: text) == .http(text))
        }
        #expect(TokenURI(parsing: "HTTPS://API.H.Test/A") == .http("https://api.h.test/A"))
    }

    @Test(arguments: ["//h.test/1", "1.json", "/metadata/1", "metadata", "?id=1", "#1"])
    func `E-53 relative references have nothing to be relative to`(text: String) {
        #expect(reason(text)?.contains("no scheme") == true)
    }

    @Test func `E-54 a host without a scheme is not guessed`() {
        #expect(reason("ens-metadata-service.appspot.com/name/0x{id}")?.contains("no scheme") == true)
    }

    @Test(arguments: [
        "did:nft:eip155:1_erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d_1",
        "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1",
    ])
    func `E-64 a URI that names a token is no document`(text: String) {
        #expect(reason(text) == "the URI names another token, not a document")
    }

    @Test func `E-65 a long URI is refused, one that carries its content is not`() {
        let long = "https://h.test/" + String(repeating: "a", count: 8192)
        #expect(reason(long)?.contains("longer than 8192 bytes") == true)
        let inline = "data:text/plain," + String(repeating: "a", count: 1_000_000)
        guard case .data(_, let bytes) = TokenURI(parsing: inline) else {
            Issue.record("not inline")
            return
        }
        #expect(bytes.count == 1_000_000)
    }

    @Test(arguments: ["blob:https://h.test/x", "bzz://x", "hyper://x", "sia://x", "magnet:?xt=x", "tezos-storage:x"])
    func `E-66 other schemes are a class of their own, with a reason`(text: String) {
        #expect(reason(text)?.hasSuffix("is not supported") == true)
    }

    @Test func `E-67 white space and invisible characters around are dropped, within encoded or ignored`() {
        #expect(url(" \t\nhttps://h.test/1\r\n") == "https://h.test/1")
        #expect(url("\u{200B}\u{FEFF}https://h.test/1\u{200D}\u{0}") == "https://h.test/1")
        #expect(url("https://h.test/a\n\tb") == "https://h.test/ab")
        #expect(url("https://h.test/a\u{200B}b") == "https://h.test/a%E2%80%8Bb")
        #expect(url("https://h.test/🐱") == "https://h.test/%F0%9F%90%B1")
    }
}

@Suite struct `Templates in URIs` {
    @Test func `E-80 the number is padded as ERC-1155 says`() {
        #expect(url("https://token-cdn-domain/{id}.json") == "https://token-cdn-domain/\(padded).json")
    }

    @Test func `E-81 the number can be had in the forms that servers know`() {
        let forms = IdentifierForm.allCases.map { url("https://h.test/{id}", as: $0) }
        #expect(forms == ["\(padded)", "314592", "4cce0", "0x4cce0"].map { "https://h.test/\($0)" })
        #expect(
            TokenURI(parsing: "https://h.test/{id}", for: TokenIdentifier(0), as: .hex) == .http("https://h.test/0"))
    }

    @Test func `E-82 every placeholder is filled, however it is written`() {
        #expect(
            url("https://h.test/{id}/%7Bid%7D?a={ID}&b=%7bId%7d")
                == "https://h.test/\(padded)/\(padded)?a=\(padded)&b=\(padded)")
        #expect(url("ipfs://\(v0)/{id}") == "https://g.test/ipfs/\(v0)/\(padded)")
    }

    @Test func `E-84 a prefix before the placeholder is not doubled, and none goes before decimal digits`() {
        let forms = IdentifierForm.allCases.map { url("https://h.test/0x{id}", as: $0) }
        #expect(forms == ["0x\(padded)", "314592", "0x4cce0", "0x4cce0"].map { "https://h.test/\($0)" })
    }

    @Test func `E-85 placeholders of other standards are filled`() {
        #expect(url("https://h.test/$TOKEN_ID.json", as: .paddedHex) == "https://h.test/314592.json")
        #expect(url("https://h.test/{id}-{locale}.json", as: .decimal) == "https://h.test/314592-en.json")
    }

    @Test func `a URI tells whether it has a placeholder that other forms lead elsewhere by`() {
        for text in ["https://h.test/{id}", "https://h.test/%7Bid%7D", "https://h.test/0x{ID}", "ipfs://\(v0)/{id}"] {
            #expect(TokenURI.hasIdentifierTemplate(text))
        }
        for text in [
            "https://h.test/1", "https://h.test/$TOKEN_ID", "data:text/plain,{id}", #"{"image":"{id}"}"#, "{id", "",
        ] {
            #expect(!TokenURI.hasIdentifierTemplate(text))
        }
    }
}

@Suite struct `Relative references in documents` {
    private func resolved(_ reference: String, at base: String) -> String? {
        TokenURI(parsing: base).resolving(reference, for: token)?
            .url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test")
    }

    @Test(arguments: [
        ("1.png", "https://h.test/meta/1.png"), ("images/1.PNG", "https://h.test/meta/images/1.PNG"),
        ("./1.png", "https://h.test/meta/1.png"), ("../1.png", "https://h.test/1.png"),
        ("../../../1", "https://h.test/1"), ("/i/1", "https://h.test/i/1"), ("//cdn.test/1", "https://cdn.test/1"),
        ("a b.png?x=1#y", "https://h.test/meta/a%20b.png?x=1#y"), ("{id}.png", "https://h.test/meta/\(padded).png"),
    ])
    func `E-160 are relative to where the document lies`(reference: String, expected: String) {
        #expect(resolved(reference, at: "https://h.test/meta/1.json?v=2") == expected)
    }

    @Test func `E-160 stay within content`() {
        #expect(resolved("1.png", at: "ipfs://\(v0)/a/1.json") == "https://g.test/ipfs/\(v1)/a/1.png")
        #expect(resolved("../../1.png", at: "https://ipfs.io/ipfs/\(v0)/a/1") == "https://g.test/ipfs/\(v1)/1.png")
        #expect(resolved("1.png", at: "ar://\(transaction)/1.json") == "https://a.test/\(transaction)/1.png")
    }

    @Test(arguments: [
        "", "none", "TBD", "www.h.test/1.png", "h.test", "image", "javascript:alert(1).png", "data:,x.png", "?1.png",
    ])
    func `E-160 are nothing when they may be something else`(reference: String) {
        #expect(resolved(reference, at: "https://h.test/meta/1.json") == nil)
    }

    @Test(arguments: ["data:application/json,{}", "ipfs://\(v0)", "ar://\(transaction)", "nonsense"])
    func `E-160 are nothing where nothing lies beside the document`(base: String) {
        #expect(resolved("1.png", at: base) == nil)
    }
}
