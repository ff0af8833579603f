import Testing

@testable import Tokens

@Suite("A gateway's path")
struct GatewayPathTests {
    private static let old = "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o"
    private static let new = "bafybeiexj3nxc5oyozlzmxvscnu4ysjyigqpwpnfqxj5rbzo5hwehh2zvi"
    private static let transaction = "rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"

    private func uri(_ path: String) throws(GatewayPath.Fault) -> TokenURI {
        try GatewayPath.uri(of: Array(path.utf8))
    }

    private func path(_ text: String) throws -> String {
        guard case .ipfs(_, let path) = try uri("/ipfs/\(Self.old)\(text)") else { return "?" }
        return path
    }

    @Test("of content on IPFS is the same for every spelling of the identifier")
    func ipfs() throws {
        let cid = try #require(CID(Self.old))
        let first = try uri("/ipfs/\(Self.old)/1.png")
        #expect(try uri("/ipfs/\(cid.canonical)/1.png") == first)
        #expect(try uri("/ipfs/%51mYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/1.png") == first)
        #expect(first.canonical == "ipfs://\(cid.canonical)/1.png")
    }

    @Test(
        "below the content is decoded once and encoded once",
        arguments: [
            ("", ""), ("/", "/"), ("/a", "/a"), ("/a/", "/a/"), ("/a%20b", "/a%20b"), ("/a%2520b", "/a%2520b"),
            ("/%61", "/a"), ("/a%2fb", "/a/b"), ("/é", "/%C3%A9"), ("/%c3%a9", "/%C3%A9"), ("/a+b", "/a+b"),
            ("/a%2Bb", "/a+b"), ("/%3Fx%23y", "/%3Fx%23y"), ("/100%25", "/100%25"), ("/...", "/..."), ("/.a", "/.a"),
            ("/%5c", "/%5C"), ("/a;b", "/a;b"),
        ])
    func spelling(text: String, expected: String) throws {
        #expect(try path(text) == expected)
        #expect(try path(expected) == expected)
    }

    @Test(
        "that leads elsewhere, or cannot be read, is refused",
        arguments: [
            "/.", "/..", "/a/../b", "/a/%2e%2e/b", "/a%2f..%2fb", "/%2E", "//a", "/a//b", "/%", "/%4", "/%zz", "/a%00",
            "/%0d%0aX:y", "/%7f", "/%1b",
        ])
    func refused(text: String) {
        #expect(throws: GatewayPath.Fault.self) { try path(text) }
    }

    @Test("of a name is a key, or a domain in lower case")
    func ipns() throws {
        let key = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8"
        #expect(try uri("/ipns/\(key)/a") == .ipns(name: key, path: "/a"))
        let peer = "12D3KooWKFm8LWuGvCLmuSoSMVTmkSy1VXRjAsvMmDwxVp8Bhy6Z"
        #expect(try uri("/ipns/\(peer)") == .ipns(name: peer, path: ""))
        #expect(try uri("/ipns/Docs.IPFS.tech/x") == .ipns(name: "docs.ipfs.tech", path: "/x"))
    }

    @Test(
        "that names nothing is refused",
        arguments: [
            "", "/", "/ipfs", "/ipfs/", "/ipfs/x", "/ipfs/Qm", "/ipfs/../etc/passwd", "/ipns/", "/ipns/localhost",
            "/ipns/..", "/ipns/a..b", "/ipns/-a.b", "/ipns/a b.c", "/ipns/a.b:80", "/ipns/user@a.b",
            "/ipns/127.0.0.1%3A80",
            "/ar/", "/ar/short", "/ar/rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI0",
            "/ar/rgW4h3ffQQzOD8ynnwdl3+YlHxtssqV3aXOregPr7yI", "/IPFS/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o",
            "ipfs/QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o",
        ])
    func nothing(path: String) {
        #expect(throws: GatewayPath.Fault.self) { try uri(path) }
    }

    @Test("of a transaction keeps its case")
    func arweave() throws {
        #expect(try uri("/ar/\(Self.transaction)/0.json") == .arweave(identifier: Self.transaction, path: "/0.json"))
    }

    @Test("has a limit")
    func long() {
        #expect(throws: GatewayPath.Fault.self) { try path("/" + String(repeating: "a", count: 2048)) }
        #expect(throws: Never.self) { try path("/" + String(repeating: "a", count: 2000)) }
    }

    @Test("of raw content has the digest of its bytes")
    func digest() throws {
        let raw = try #require(CID("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"))
        #expect(raw.contentDigest?.count == 32)
        #expect(try #require(CID(Self.old)).contentDigest == nil)
    }
}
