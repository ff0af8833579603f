public import Caching
public import Tokens

/// The moments in Redis: a key for each block with events, for as long as instances may see them at different times.
public struct RedisEventMoments: EventMoments {
    private static let lifetime = 3_600_000

    private let client: RedisClient
    private let keys: RedisKeys

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys) {
        self.client = client
        self.keys = keys
    }

    public func firstReading(
        of blocks: [UInt256], on chain: ChainIdentifier, at moment: Int64
    ) async throws(StoreError) -> [UInt256: Int64] {
        let commands = blocks.flatMap { block in
            let key = keys.firstReading(of: block, on: chain)
            return [
                RedisCommand("SET", key, "\(moment)", "NX", "PX", "\(Self.lifetime)"), RedisCommand("GET", key),
            ]
        }
        let replies = try await client.replies(to: commands, within: nil)
        var moments: [UInt256: Int64] = [:]
        for (index, block) in blocks.enumerated() {
            let reply = replies[2 * index + 1]
            if let error = reply.serverError { throw StoreError(error) }
            moments[block] = reply.text.flatMap { Int64($0) }
        }
        return moments
    }
}
