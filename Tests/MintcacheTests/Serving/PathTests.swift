import Testing
import Tokens

@testable import Mintcache

@Suite struct `A token's path` {
    private func parts(_ path: String) -> [String]? {
        var path = path
        return path.withUTF8 { bytes in
            TokenPath(UnsafeRawBufferPointer(bytes)).map {
                [text($0.chain), text($0.contract), text($0.token), "\($0.representation)"]
            }
        }
    }

    @Test func `names chain, contract and token`() {
        #expect(parts("/v1/ethereum/0xaa/1") == ["ethereum", "0xaa", "1", "object"])
        #expect(parts("/v1/eip155:1/0xaa/0xff/metadata") == ["eip155:1", "0xaa", "0xff", "metadata"])
        #expect(parts("/v1/base/0xaa/7/image") == ["base", "0xaa", "7", "image"])
    }

    @Test(arguments: [
        "", "/", "/v1", "/v1/", "/v1/a", "/v1/a/b", "/v1/a/b/", "/v1//b/c", "/v1/a//c", "/v1///", "/v1////",
        "/v1/a/b//metadata", "/v1/a/b/c/", "/v1/a/b/c/d", "/v1/a/b/c/metadata/", "/v1/a/b/c/Metadata", "/v2/a/b/c",
        "/V1/a/b/c", "v1/a/b/c", "//v1/a/b/c", "/v1/a/b/c/metadata/x", "/v1/a/b/c/images", "/v1/a/b/c/image/",
    ]) func `has no other shape`(path: String) {
        #expect(parts(path) == nil)
    }
}

@Suite struct `Other spellings of a path` {
    @Test(arguments: [
        ("/v1/eip155%3A1/0xaa/1", "/v1/eip155:1/0xaa/1"), ("/v1/eip155%3a1/0xaa/%31", "/v1/eip155:1/0xaa/1"),
        ("/plain", "/plain"), ("/a%25b", "/a%b"), ("/%7E", "/~"), ("", ""),
    ]) func `are decoded once`(path: String, plain: String) {
        #expect(CanonicalPath.decode(path) == plain)
    }

    @Test(arguments: [
        "/%", "/%4", "/%4g", "/%g4", "/a%2Fb", "/a%2fb", "/%00", "/%0d%0a", "/%20", "/%7F", "/%C3%A9", "/%%41",
    ])
    func `that are broken or would change the meaning are refused`(path: String) {
        #expect(CanonicalPath.decode(path) == nil)
    }

    @Test(arguments: [
        ("/%", "not valid"), ("/%4g/%41", "not valid"), ("/%41%4", "not valid"), ("/%%41", "not valid"),
        ("/a%2Fb", "encoded slash"), ("/%20", "space"), ("/%C3%A9", "beyond ASCII"), ("/%41%00", "control"),
    ]) func `are refused for what is wrong with them`(path: String, reason: String) {
        #expect(Array(path.utf8).withUnsafeBytes { CanonicalPath.fault(of: $0) }.contains(reason))
    }

    @Test(arguments: [
        ("/%69pfs/%7Ex%2d%5F.", "/ipfs/~x-_."), ("/a%2Fb%20%3A%25", "/a%2Fb%20%3A%25"), ("/%6", "/%6"),
        ("/%g1", "/%g1"),
        ("/%%36%39", "/%69"), ("/x", "/x"),
    ]) func `lose the encoding that nothing needs`(path: String, plain: String) {
        #expect(CanonicalPath.unreserved(path) == plain)
    }

    @Test(arguments: [
        ("/v1/assets/eip155:1/erc721:0xaa/1", "/v1/eip155:1/0xaa/1"),
        ("/v1/assets/eip155:1/erc1155:0xaa/1/metadata", "/v1/eip155:1/0xaa/1/metadata"),
        ("/v1/assets/eip155:1/erc20:0xaa/1", "/v1/assets/eip155:1/erc20:0xaa/1"),
        ("/v1/assets/eip155:1/erc1155:0xaa/1/refresh", "/v1/eip155:1/0xaa/1/refresh"),
        ("/v1/assets/eip155:1/erc721:0xaa", "/v1/eip155:1/0xaa"), ("/v1/assets/", "/v1/assets/"),
        ("/v1/base/0xaa/1", "/v1/base/0xaa/1"),
    ]) func `that are CAIP-19 lose the namespace of the asset`(path: String, plain: String) {
        #expect(CanonicalPath.withoutAssets(path) == plain)
    }
}

@Suite struct `A path that the proxy answers itself` {
    @Test(arguments: [
        ("/healthz", "GET, HEAD, OPTIONS"), ("/readyz", "GET, HEAD, OPTIONS"),
        ("/v1/ethereum/0xaa/1", "GET, HEAD, OPTIONS"), ("/v1/ethereum/0xaa/1/metadata", "GET, HEAD, OPTIONS"),
        ("/v1/ethereum/0xaa/1/refresh", "POST, OPTIONS"), ("/v1/ethereum/0xaa", "GET, HEAD, OPTIONS"),
        ("/v1/batch", "POST, OPTIONS"),
    ]) func `tells the methods it has`(path: String, methods: String) {
        #expect(PublicPath(path)?.methods == methods)
    }

    @Test(arguments: [
        "", "/", "/v1", "/v1/", "/v1/a//1", "/v1/a/b/", "/v1/a/b/1/", "/v1/a/b/1/Refresh", "/v1/a/b/1/refresh/",
        "/v1/a/b/1/other", "/v1/a/b/1/refresh/x", "/v2/a/b/1", "/healthz/", "/healthz/x", "*",
    ]) func `has one of the known shapes`(path: String) {
        #expect(PublicPath(path) == nil)
    }

    @Test func `names its token in any spelling`() throws {
        let path = try #require(
            PublicPath("/v1/eip155:1/\(sampleContract.uppercased().replacing("0X", with: "0x"))/0x1"))
        #expect(try path.reference(in: sampleChains) == reference(1))
    }
}

@Suite struct `The chain directory` {
    private func identifier(_ name: String) -> ChainIdentifier? {
        var name = name
        return name.withUTF8 { sampleChains.identifier(ascii: UnsafeRawBufferPointer($0)) }
    }

    @Test func `finds a chain by name and by CAIP-2`() {
        #expect(identifier("ethereum") == ChainIdentifier(eip155: 1))
        #expect(identifier("eip155:8453") == ChainIdentifier(eip155: 8453))
    }

    @Test(arguments: ["", "Ethereum", "ethereu", "ethereumx", "eip155:2", "eip155:01", "1", "EIP155:1"])
    func `finds nothing else`(name: String) {
        #expect(identifier(name) == nil)
    }

    @Test func `names the chains it knows to one who asks for another`() {
        let problem = #expect(throws: Problem.self) { try sampleChains.identifier(named: "solana") }
        #expect(problem?.status == 404 && problem?.detail.hasSuffix("configured are: ethereum, base.") == true)
    }

    @Test func `reads a CAIP-19 text whatever the standard, for chains it knows`() throws {
        let expected = try reference(5)
        #expect(try sampleChains.reference(caip19: "eip155:1/erc721:\(sampleContract)/5") == expected)
        #expect(try sampleChains.reference(caip19: "eip155:1/erc1155:\(sampleContract)/5") == expected)
        #expect(throws: Problem.self) { try sampleChains.reference(caip19: "eip155:5/erc721:\(sampleContract)/5") }
    }

    @Test func `E-87 a number that a client may have rounded must come as a string`() throws {
        func token(_ json: String) throws -> String {
            let object = #"{"chain":"ethereum","contract":"\#(sampleContract)","token_id":\#(json)}"#
            return try sampleChains.reference(reading: JSONDocument(validating: Array(object.utf8)).root).token.decimal
        }
        #expect(try token("9007199254740991") == "9007199254740991")
        #expect(try token("\"79228162514264337593543950336\"") == "79228162514264337593543950336")
        for number in ["9007199254740992", "79228162514264337593543950336", "7.9e28", "1.0", "1e3", "-1", "null"] {
            let problem = #expect(throws: Problem.self) { try token(number) }
            #expect(problem?.slug == "invalid-token-id", "\(number)")
        }
        let problem = #expect(throws: Problem.self) { try token("9007199254740993") }
        #expect(problem?.detail.contains("as a string") == true)
    }

    @Test func `refuses an address whose checksum is wrong`() {
        let address = "0xBC4CA0EdA7647A8aB7C2061c2E118A18a936f13D"
        #expect(throws: Never.self) { try ChainDirectory.contract(parsing: address, on: ChainIdentifier(eip155: 1)) }
        let problem = #expect(throws: Problem.self) {
            try ChainDirectory.contract(
                parsing: address.replacing("BC4CA", with: "bC4CA"), on: ChainIdentifier(eip155: 1))
        }
        #expect(problem?.slug == "invalid-contract" && problem?.detail.contains("EIP-55") == true)
    }
}

@Suite struct `A request's name` {
    private func isAcceptable(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { RequestIdentifier.isAcceptable(UnsafeRawBufferPointer($0)) }
    }

    @Test func `may be the client's when it cannot break a line or a log`() {
        #expect(
            isAcceptable("a") && isAcceptable("4bf92f3577b34da6:00/f0~")
                && isAcceptable(String(repeating: "x", count: 128)))
        for name in ["", "a b", "a\"b", "a\\b", "a\r\nb", "a\tb", "é", "\u{7F}", String(repeating: "x", count: 129)] {
            #expect(!isAcceptable(name), "\(name)")
        }
    }

    @Test func `is otherwise one that no other request has`() {
        var identifiers = RequestIdentifier()
        #expect(Set((0..<10_000).map { _ in identifiers.next() }).count == 10_000)
        var digits = [UInt8](repeating: 0, count: 16)
        digits.withUnsafeMutableBytes { RequestIdentifier.write(0x0123_4567_89AB_CDEF, into: $0) }
        #expect(text(digits) == "0123456789abcdef")
    }
}
