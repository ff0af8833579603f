/// What Alchemy calls the chains of its NFT API, with their EIP-155 numbers.
enum AlchemyNetworks {
    static let names: [(name: String, chain: UInt64)] = [
        ("eth-mainnet", 1), ("eth-sepolia", 11_155_111), ("eth-holesky", 17_000), ("eth-goerli", 5),
        ("polygon-mainnet", 137), ("polygon-amoy", 80_002), ("polygon-mumbai", 80_001),
        ("base-mainnet", 8453), ("base-sepolia", 84_532),
        ("arb-mainnet", 42_161), ("arb-sepolia", 421_614), ("arbnova-mainnet", 42_170),
        ("opt-mainnet", 10), ("opt-sepolia", 11_155_420),
        ("abstract-mainnet", 2741), ("abstract-testnet", 11_124),
        ("anime-mainnet", 69_000), ("apechain-mainnet", 33_139), ("apechain-curtis", 33_111),
        ("avax-mainnet", 43_114), ("avax-fuji", 43_113),
        ("berachain-mainnet", 80_094), ("blast-mainnet", 81_457), ("blast-sepolia", 168_587_773),
        ("bnb-mainnet", 56), ("bnb-testnet", 97), ("celo-mainnet", 42_220),
        ("flow-mainnet", 747), ("flow-testnet", 545), ("gnosis-mainnet", 100), ("gnosis-chiado", 10_200),
        ("ink-mainnet", 57_073), ("lens-mainnet", 232), ("lens-sepolia", 37_111),
        ("linea-mainnet", 59_144), ("linea-sepolia", 59_141), ("mantle-mainnet", 5000), ("mantle-sepolia", 5003),
        ("monad-mainnet", 143), ("monad-testnet", 10_143), ("polygonzkevm-mainnet", 1101), ("ronin-mainnet", 2020),
        ("ronin-saigon", 2021),
        ("rootstock-mainnet", 30), ("rootstock-testnet", 31), ("scroll-mainnet", 534_352), ("scroll-sepolia", 534_351),
        ("sei-mainnet", 1329), ("sei-testnet", 1328), ("settlus-mainnet", 5371), ("settlus-septestnet", 5373),
        ("shape-mainnet", 360), ("shape-sepolia", 11_011), ("soneium-mainnet", 1868), ("soneium-minato", 1946),
        ("sonic-mainnet", 146), ("story-mainnet", 1514), ("story-aeneid", 1315), ("unichain-mainnet", 130),
        ("unichain-sepolia", 1301),
        ("worldchain-mainnet", 480), ("worldchain-sepolia", 4801), ("zetachain-mainnet", 7000),
        ("zetachain-testnet", 7001), ("zksync-mainnet", 324), ("zksync-sepolia", 300),
        ("zora-mainnet", 7_777_777), ("zora-sepolia", 999_999_999),
    ]
}
