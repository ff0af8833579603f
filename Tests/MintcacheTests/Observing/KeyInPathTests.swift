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
        ("/v1/alchemy/demo/nft/v3/secret/getNFTMetadata", "v1/alchemy/demo/nft/v3/secret/getNFTMetadata"),
        ("/v1/alchemy/eth-mainnet/v2/secret", "v1/alchemy/eth-mainnet/v2/secret"),
        ("/v1/%61lchemy/demo/%6eft/v3/secret", "v1/%61lchemy/demo/%6eft/v3/secret"),
        ("/v1/AL%43HEMY/eth-mainnet/v2/secret", "v1/AL%43HEMY/eth-mainnet/v2/secret"),
        ("/v2/x/demo%2Fnft%2fv3%2Fsecret", "v2/x/demo%2Fnft%2fv3%2Fsecret"),
        ("/v1/%2561lchemy/x/secret", "v1/%2561lchemy/x/secret"),
    ]) func `may be behind another spelling of the same path`(path: String, key: String) {
        #expect(hidden(path) == key)
    }

    @Test func `is in no error`() {
        let problem = Problem.unknownRoute("/alchemy/demo/nft/v3/secret/getNothing")
        #expect(!problem.detail.contains("secret") && problem.detail.contains("/alchemy/demo/nft/v3/…"))
        #expect(!Problem.unknownRoute("/v1/alchemy/demo/nft/v3/secret/getNothing").detail.contains("secret"))
        let long = String(repeating: "x", count: 80)
        #expect(!Problem.unknownRoute("/secret/\(long)/alchemy/x").detail.contains("secret"))
        #expect(Problem.unknownRoute("/nothing").detail.contains("/nothing"))
    }

    @Test(arguments: [
        "/", "/alchemy", "/alchemy/", "/v1/demo/0x/1", "/opensea/api/v2/chain/ethereum", "/a",
        "/v1/demo/0x1bc6A493F365769Edd5B3AeF1Fffd031d74096c0/1/metadata",
        "/v1/eip155%3A1/0xaa/1", "/v1/demo/%zz/nft/v4/%",
    ])
    func `is in no other path`(path: String) {
        #expect(hidden(path) == nil)
    }
}
