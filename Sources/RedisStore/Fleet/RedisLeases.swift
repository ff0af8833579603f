public import Caching
import EventLoops

/// Leases in Redis: one string for each subject that says who holds it, which expires with the term. All commands are of that
/// one key, so that they work on a cluster.
///
/// A fetch that failed leaves a note under the same key, of how many have failed in a row and why.
public actor RedisLeases: FetchLeases {
    private let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let client: RedisClient
    private let keys: RedisKeys
    private let channel: any FleetChannel

    /// - Parameters:
    ///   - client: shared with others; not closed here.
    ///   - channel: where it is announced how fetches ended.
    public init(client: RedisClient, keys: RedisKeys, channel: any FleetChannel) {
        self.client = client
        self.keys = keys
        self.channel = channel
        loop = client.loop
    }

    public func take(_ wish: LeaseWish, within limit: Duration) async throws(StoreError) -> LeaseAttempt {
        let key = keys.lease(of: wish.subject)
        let lease = lease(wish, attempt: 1)
        let replies = try await client.replies(
            to: [
                RedisCommand("SET", key).with(LeaseValue(lease).bytes).with("NX").with("PX")
                    .with("\(wish.term.redisLifetime)"),
                RedisCommand("GET", key), RedisCommand("PTTL", key),
            ], within: limit)
        for reply in replies {
            if let error = reply.serverError { throw StoreError(error) }
        }
        guard case .null = replies[0] else { return .taken(lease) }
        // What has ended between two of the commands may be tried for again at once.
        let left = Duration.milliseconds(max(0, replies[2].integer ?? 0))
        guard let found = replies[1].bytes else { return .held(left: .zero, since: wish.since) }
        switch LeaseValue(found) {
        case .held(owner: _, attempt: _, let since):
            return .held(left: left, since: since)
        case .failed(_, let purge, _) where purge < wish.lastPurge:
            return try await takeOver(found, attempt: 1, wish, within: limit)
        case .failed(let attempts, _, let problem):
            if let limit = wish.attempts, attempts >= limit { return .failed(problem, left: left) }
            return try await takeOver(found, attempt: attempts + 1, wish, within: limit)
        case nil:
            // Whatever it is, it keeps the key from us until it expires; one without expiry would do so for ever.
            return .held(left: left > .zero ? left : wish.term, since: wish.since)
        }
    }

    public func renew(_ lease: FetchLease, for term: Duration) async throws(StoreError) -> Bool {
        let value = LeaseValue(lease).bytes
        return try await replace(value, of: lease.subject, with: value, for: term, within: nil)
    }

    public func end(
        _ lease: FetchLease, _ outcome: FetchOutcome, rememberingFailureFor memory: Duration
    ) async throws(StoreError) {
        var note: [UInt8]?
        if case .failed(let problem) = outcome {
            note = LeaseValue.failed(attempts: lease.attempt, purge: lease.purge, problem: problem).bytes
        }
        let value = LeaseValue(lease).bytes
        let wasHeld = try await replace(value, of: lease.subject, with: note, for: memory, within: nil)
        switch outcome {
        case .givenUp where !wasHeld, .failed where !wasHeld: return
        case .stored, .givenUp, .failed: try await channel.publish(.landed(lease.subject, outcome))
        }
    }

    public func announce(_ subject: FleetSubject, storedAt moment: Int64) async throws(StoreError) {
        try await channel.publish(.landed(subject, .stored(moment: moment)))
    }

    /// Takes the lease in place of the note that a failed fetch left; only one of those who read it can.
    private func takeOver(
        _ note: [UInt8], attempt: Int, _ wish: LeaseWish, within limit: Duration
    ) async throws(StoreError) -> LeaseAttempt {
        let lease = lease(wish, attempt: attempt)
        let value = LeaseValue(lease).bytes
        let isOurs = try await replace(note, of: wish.subject, with: value, for: wish.term, within: limit)
        return isOurs ? .taken(lease) : .held(left: wish.term, since: wish.since)
    }

    /// Replaces a value by another that lasts for a while, or by nothing, unless it is not there any more. A client
    /// sends the text of a script rather than its digest: it is short, and there is no case in which Redis has not
    /// heard of it.
    private func replace(
        _ value: [UInt8], of subject: FleetSubject, with other: [UInt8]?, for duration: Duration,
        within limit: Duration?
    ) async throws(StoreError) -> Bool {
        let command = RedisCommand("EVAL", Self.replacing, "1", keys.lease(of: subject))
            .with(value).with(other ?? []).with("\(duration.redisLifetime)")
        let reply = try await client.replies(to: [command], within: limit)[0]
        guard let answer = reply.integer else { throw StoreError(unexpected: reply, to: "EVAL") }
        return answer == 1
    }

    private static let replacing = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if ARGV[2] == '' then
          redis.call('DEL', KEYS[1])
        else
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        end
        return 1
        """

    private func lease(_ wish: LeaseWish, attempt: Int) -> FetchLease {
        FetchLease(wish.subject, owner: Self.newOwner(), attempt: attempt, since: wish.since, purge: wish.purge)
    }

    private static func newOwner() -> String {
        "\(String(UInt64.random(in: 0 ... .max), radix: 36))-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    }
}

extension Duration {
    /// In milliseconds; at least one, because Redis refuses a lifetime of none.
    fileprivate var redisLifetime: Int64 { max(1, inMilliseconds) }
}
