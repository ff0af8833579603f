public import Caching
import EventLoops

/// The living instances as a sorted set in Redis, by the time at which each was last heard of. Only the server's clock
/// counts: those of instances may differ.
public struct RedisInstances: FleetInstances {
    /// How long an instance counts as living without a sign of life.
    public static let silence = Duration.seconds(5)

    /// Adds the caller, drops who fell silent, answers the others and which purges are remembered. The set goes when there
    /// is nobody left to add to it.
    private static let script = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return {redis.call('HGET', KEYS[2], 'generation'), redis.call('ZRANGE', KEYS[1], 0, -1)}
        """

    private let client: RedisClient
    private let keys: RedisKeys

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys) {
        self.client = client
        self.keys = keys
    }

    public func beat(as instance: String) async throws(StoreError) -> FleetPulse {
        let command = RedisCommand(
            "EVAL", Self.script, "2", keys.instances, keys.purges, instance, "\(Self.silence.inMilliseconds)")
        let reply = try await client.replies(to: [command], within: nil)[0]
        guard let parts = reply.elements, parts.count == 2, let names = parts[1].elements else {
            throw StoreError(unexpected: reply, to: "EVAL")
        }
        return FleetPulse(living: Set(names.compactMap(\.text)), purgeGeneration: parts[0].text)
    }

    public func leave(_ instance: String) async throws(StoreError) {
        try await client.expectSuccess(of: [RedisCommand("ZREM", keys.instances, instance)])
    }
}
