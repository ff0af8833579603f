import Testing
import Tokens

@Suite struct `Whatever a URI is made of` {
    private static let rounds: UInt64 = 20_000
    private static let directory = "ipfs://QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq/"

    @Test func `its canonical form names the same content again`() {
        var canonical = 0
        Rounds.run(Self.rounds) { generator, seed in
            let uri = TokenURI(parsing: generator.uri())
            guard let once = uri.canonical else { return }
            canonical += 1
            let again = TokenURI(parsing: once)
            #expect(again.canonical == once, seed)
            #expect(again.isImmutable == uri.isImmutable, seed)
        }
        #expect(canonical > Self.rounds / 40)
    }

    @Test func `its path is encoded exactly once`() {
        Rounds.run(Self.rounds / 4) { generator, seed in
            guard case .ipfs(let cid, let path) = TokenURI(parsing: Self.directory + generator.uri()) else { return }
            #expect(TokenURI(parsing: "ipfs://\(cid.text)\(path)") == .ipfs(cid, path: path), seed)
        }
    }

    @Test func `what is fetched is plain, and no longer than encoding makes it`() {
        Rounds.run(Self.rounds) { generator, seed in
            let text = generator.uri()
            let uri = TokenURI(parsing: text, for: TokenIdentifier(UInt256.max))
            guard let url = uri.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test") else { return }
            #expect(url.utf8.allSatisfy { (0x21...0x7E).contains($0) }, seed)
            // Twelve placeholders of four letters become 64 digits each.
            #expect(url.utf8.count <= text.utf8.count * 3 + 12 * 64 + "https://g.test/ipfs/".utf8.count, seed)
        }
    }
}
