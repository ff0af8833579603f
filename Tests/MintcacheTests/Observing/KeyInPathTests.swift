import Testing

@testable import Mintcache

@Suite struct `A key in a path` {
    private func hidden(_ path: String) -> String? {
        Array(path.utf8).withUnsafeBytes { bytes in
            KeyInPath.range(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    @Test(arguments: [
        ("/alchemy/eth-mainnet/nft/v3/secret/getNFTMetadata", "secret"), ("/alchemy/demo/nft/v3/secret", "secret"),
        ("/alchemy/demo/nft/v3/secret/", "secret"), ("/alchemy/demo/nft/v3//secret", ""),
    ]) func `is the part after the version`(path: String, key: String) {
        #expect(hidden(path) == key)
    }

    @Test(arguments: [
        ("/alchemy/eth-mainnet/v2/secret", "eth-mainnet/v2/secret"), ("/alchemy/secret", "secret"),
        ("/alchemy/eth-mainnet/nft/v2/secret/getNFTs", "eth-mainnet/nft/v2/secret/getNFTs"),
        ("/alchemy//nft/v3x/secret", "/nft/v3x/secret"),
    ]) func `may be anywhere in a path of another shape`(path: String, key: String) {
        #expect(hidden(path) == key)
    }

    @Test(arguments: [
        ("//alchemy/demo/nft/v3/secret/x", "/alchemy/demo/nft/v3/secret/x"),
        ("/%61lchemy/demo/nft/v3/secret", "%61lchemy/demo/nft/v3/secret"),
        ("/alchemy%2Fdemo/nft/v3/secret", "alchemy%2Fdemo/nft/v3/secret"),
        ("/x/../alchemy/demo/nft/v3/secret", "x/../alchemy/demo/nft/v3/secret"),
        ("/ALCHEMY/demo/NFT/v3/secret", "ALCHEMY/demo/NFT/v3/secret"),
        ("/alchemy;x/demo/nft/v3/secret", "alchemy;x/demo/nft/v3/secret"),
    ]) func `may be behind another spelling of the same path`(path: String, key: String) {
        #expect(hidden(path) == key)
    }

    @Test func `is in no error`() {
        let problem = Problem.unknownRoute("/alchemy/demo/nft/v3/secret/getNothing")
        #expect(!problem.detail.contains("secret") && problem.detail.contains("/alchemy/demo/nft/v3/…"))
        #expect(Problem.unknownRoute("/nothing").detail.contains("/nothing"))
    }

    @Test(arguments: ["/", "/alchemy", "/alchemy/", "/v1/demo/0x/1", "/opensea/api/v2/chain/ethereum", "/a"])
    func `is in no other path`(path: String) {
        #expect(hidden(path) == nil)
    }
}
