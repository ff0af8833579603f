/// What OpenSea calls the chains of its API, with their EIP-155 numbers. Of several names of one chain the first is what
/// its own URLs use.
enum OpenSeaChains {
    static let names: [(name: String, chain: UInt64)] = [
        ("ethereum", 1), ("polygon", 137), ("matic", 137), ("base", 8453), ("arbitrum", 42_161),
        ("arbitrum_nova", 42_170), ("optimism", 10), ("abstract", 2741), ("animechain", 69_000), ("ape_chain", 33_139),
        ("avalanche", 43_114),
        ("b3", 8333), ("bera_chain", 80_094), ("blast", 81_457), ("bsc", 56), ("flow", 747), ("gunzilla", 43_419),
        ("hyperevm", 999), ("ink", 57_073), ("klaytn", 8217), ("megaeth", 4326), ("monad", 143), ("ronin", 2020),
        ("sei", 1329),
        ("shape", 360), ("somnia", 5031), ("soneium", 1868), ("unichain", 130), ("zora", 7_777_777),
        // Of its API for test networks, which is closed.
        ("sepolia", 11_155_111), ("base_sepolia", 84_532), ("amoy", 80_002), ("mumbai", 80_001), ("goerli", 5),
        ("arbitrum_sepolia", 421_614), ("optimism_sepolia", 11_155_420), ("blast_sepolia", 168_587_773),
        ("zora_sepolia", 999_999_999), ("shape_sepolia", 11_011), ("monad_testnet", 10_143),
    ]

    static func name(of chain: UInt64) -> String? {
        names.first { $0.chain == chain }?.name
    }
}
