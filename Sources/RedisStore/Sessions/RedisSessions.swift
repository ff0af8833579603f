public import Caching
import EventLoops
public import Sessions
import Tokens

/// Nonces and sessions in Redis.
///
/// A nonce is a string under its digest, which expires by itself. All sessions of a wallet are fields of one hash, by
/// the digests of their tokens: so signing out everywhere is one command, everything about a wallet lies on one node of
/// a cluster, and what was ended cannot come back by a write that was under way. The hash expires with the last session.
public struct RedisSessions: SessionStore {
    private let client: RedisClient
    private let keys: RedisKeys

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys) {
        self.client = client
        self.keys = keys
    }

    // MARK: Nonces

    public func remember(
        nonce: [UInt8], of browser: [UInt8], for lifetime: Duration
    ) async throws(StoreError) {
        let command = RedisCommand("SET", keys.nonce(nonce)).with(browser).with("NX").with("PX")
            .with("\(lifetime.inMilliseconds)")
        let reply = try await reply(to: command)
        guard case .status = reply else { throw StoreError(unexpected: reply, to: "SET") }
    }

    public func consume(nonce: [UInt8]) async throws(StoreError) -> [UInt8]? {
        // GETDEL needs Redis 6.2; this does the same on every version, and is as atomic.
        try await take(RedisCommand("GET", keys.nonce(nonce)), keys.nonce(nonce)).bytes
    }

    // MARK: Sessions

    public func begin(
        _ record: SessionRecord, as key: SessionKey, for lifetime: Duration
    ) async throws(StoreError) {
        let name = keys.sessions(of: key.wallet)
        var commands = [RedisCommand("MULTI")]
        let surplus = SessionLimits.surplus(among: try await sessions(of: key.wallet))
        if !surplus.isEmpty {
            commands.append(surplus.reduce(RedisCommand("HDEL", name)) { $0.with($1.digest) })
        }
        commands.append(RedisCommand("HSET", name).with(key.digest).with(record.encoded))
        commands.append(RedisCommand("PEXPIRE", name, "\(lifetime.inMilliseconds)"))
        commands.append(RedisCommand("EXEC"))
        try await client.expectSuccess(of: commands)
    }

    public func record(of key: SessionKey) async throws(StoreError) -> SessionRecord? {
        let reply = try await reply(to: RedisCommand("HGET", keys.sessions(of: key.wallet)).with(key.digest))
        switch reply {
        case .null: return nil
        case .bulk(let bytes): return Self.record(bytes, of: key.wallet)
        default: throw StoreError(unexpected: reply, to: "HGET")
        }
    }

    public func update(_ record: SessionRecord, of key: SessionKey) async throws(StoreError) {
        let command = RedisCommand("EVAL", Self.replacing, "1", keys.sessions(of: key.wallet))
            .with(key.digest).with(record.encoded)
        let reply = try await reply(to: command)
        guard reply.integer != nil else { throw StoreError(unexpected: reply, to: "EVAL") }
    }

    private static let replacing = """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """

    public func end(_ key: SessionKey) async throws(StoreError) {
        let reply = try await reply(to: RedisCommand("HDEL", keys.sessions(of: key.wallet)).with(key.digest))
        guard reply.integer != nil else { throw StoreError(unexpected: reply, to: "HDEL") }
    }

    public func endAll(of wallet: WalletAddress) async throws(StoreError) -> [SessionRecord] {
        let name = keys.sessions(of: wallet)
        return try Self.sessions(in: try await take(RedisCommand("HGETALL", name), name), of: wallet).map(\.record)
    }

    public func sessions(
        of wallet: WalletAddress
    ) async throws(StoreError) -> [(key: SessionKey, record: SessionRecord)] {
        try Self.sessions(in: try await reply(to: RedisCommand("HGETALL", keys.sessions(of: wallet))), of: wallet)
    }

    private static func sessions(
        in reply: RedisReply, of wallet: WalletAddress
    ) throws(StoreError) -> [(key: SessionKey, record: SessionRecord)] {
        guard let parts = reply.elements, parts.count % 2 == 0 else {
            throw StoreError(unexpected: reply, to: "HGETALL")
        }
        return stride(from: 0, to: parts.count, by: 2).compactMap { index in
            guard let digest = parts[index].bytes, let bytes = parts[index + 1].bytes,
                let record = record(bytes, of: wallet)
            else { return nil }
            return (SessionKey(wallet: wallet, digest: digest), record)
        }
    }

    /// What another version wrote, or stands under another wallet's name, is no session.
    private static func record(_ bytes: [UInt8], of wallet: WalletAddress) -> SessionRecord? {
        SessionRecord(encoded: bytes).flatMap { $0.wallet == wallet ? $0 : nil }
    }

    /// Reads what a key holds, and deletes it, in one step.
    private func take(_ reading: RedisCommand, _ name: String) async throws(StoreError) -> RedisReply {
        let replies = try await client.replies(
            to: [RedisCommand("MULTI"), reading, RedisCommand("DEL", name), RedisCommand("EXEC")], within: nil)
        for reply in replies {
            if let error = reply.serverError { throw StoreError(error) }
        }
        guard let results = replies.last?.elements, results.count == 2 else {
            throw StoreError(unexpectedReplyTo: "EXEC")
        }
        if let error = results.lazy.compactMap(\.serverError).first { throw StoreError(error) }
        return results[0]
    }

    private func reply(to command: RedisCommand) async throws(StoreError) -> RedisReply {
        try await client.replies(to: [command], within: nil)[0]
    }
}

extension RedisKeys {
    /// A nonce that may still be used: `prefix` `nonce:` and its digest.
    fileprivate func nonce(_ digest: [UInt8]) -> String { "\(prefix)nonce:\(Hex.text(digest))" }

    /// The sessions of a wallet: `prefix` `sessions:` and its address.
    fileprivate func sessions(of wallet: WalletAddress) -> String { "\(prefix)sessions:\(wallet.lowercase)" }
}
