public import Caching

/// Purges in Redis: a hash with a field for each scope and strength, and one for the last number; announced on the stream
/// of the fleet in the same step. The keys have one hash tag, so that a cluster keeps them together.
///
/// Numbers grow though Redis loses its data: each is greater than the last, than the server's milliseconds since 1970, and
/// than what whoever orders the purge knows.
public struct RedisPurges: FleetPurges {
    private static let numberField = "sequence"

    /// Arguments: the number known, field, kind and name of the announcement, the stream's length, then what is removed
    /// (count, fields and values in turn), then what is added (fields and values in turn).
    private static let ordering = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local last = tonumber(redis.call('HGET', KEYS[1], 'sequence') or '0')
        local sequence = string.format('%.0f', math.max(last, tonumber(ARGV[1]), now) + 1)
        local moment = string.format('%.0f', now)
        local first = 6 + 2 * tonumber(ARGV[5])
        for i = 6, first - 1, 2 do
          if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
        end
        for i = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], 'sequence', sequence, ARGV[2] .. ' ' .. ARGV[3], sequence .. ' ' .. moment)
        redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'kind', 'purged', 'sequence', sequence,
          'scope', ARGV[3], 'strength', ARGV[2], 'moment', moment)
        return {sequence, moment}
        """

    /// Puts fields back unless a greater number stands there.
    private static let restoring = """
        for i = 1, #ARGV, 2 do
          local held = redis.call('HGET', KEYS[1], ARGV[i])
          local number = tonumber(string.match(ARGV[i + 1], '^%d+'))
          if not held or tonumber(string.match(held, '^%d+') or '0') < number then
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
          end
        end
        return 1
        """

    private let client: RedisClient
    private let keys: RedisKeys
    private let streamLength: Int

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys, channel: RedisFleetChannel.Options = .init()) {
        self.client = client
        self.keys = keys
        streamLength = channel.length
    }

    public func order(
        _ scope: PurgeScope, isSoft: Bool, after known: UInt64, _ replacement: PurgeMarks.Replacement
    ) async throws(StoreError) -> PurgeMark {
        var arguments = [
            Self.ordering, "2", keys.purges, keys.fleet, "\(known)", isSoft ? "soft" : "hard", scope.description,
            "\(streamLength)", "\(replacement.removed.count)",
        ]
        arguments += Self.fields(of: replacement.removed) + Self.fields(of: replacement.added)
        let reply = try await client.replies(to: [RedisCommand("EVAL", arguments: arguments)], within: nil)[0]
        guard let parts = reply.elements, parts.count == 2, let sequence = parts[0].text.flatMap({ UInt64($0) }),
            let moment = parts[1].text.flatMap({ Int64($0) })
        else { throw StoreError(unexpected: reply, to: "EVAL") }
        return PurgeMark(sequence: sequence, scope: scope, isSoft: isSoft, moment: moment)
    }

    public func remembered() async throws(StoreError) -> [PurgeMark] {
        let reply = try await client.replies(to: [RedisCommand("HGETALL", keys.purges)], within: nil)[0]
        guard let parts = reply.elements else { throw StoreError(unexpected: reply, to: "HGETALL") }
        return stride(from: 0, to: parts.count - 1, by: 2).compactMap { index in
            guard let field = parts[index].text, let value = parts[index + 1].text else { return nil }
            return Self.mark(field: field, value: value)
        }
    }

    public func restore(_ marks: [PurgeMark]) async throws(StoreError) {
        guard let last = marks.map(\.sequence).max() else { return }
        let arguments =
            [Self.restoring, "1", keys.purges] + Self.fields(of: marks) + [Self.numberField, "\(last)"]
        try await client.expectSuccess(of: [RedisCommand("EVAL", arguments: arguments)])
    }

    private static func fields(of marks: [PurgeMark]) -> [String] {
        marks.flatMap { ["\($0.isSoft ? "soft" : "hard") \($0.scope)", "\($0.sequence) \($0.moment)"] }
    }

    /// Nil for what is no purge.
    private static func mark(field: String, value: String) -> PurgeMark? {
        let name = field.split(separator: " ", maxSplits: 1)
        let numbers = value.split(separator: " ")
        guard name.count == 2, numbers.count == 2, let sequence = UInt64(numbers[0]), let moment = Int64(numbers[1])
        else { return nil }
        return PurgeMark(
            sequence: sequence, stored: String(name[1]), strength: String(name[0]), moment: moment)
    }
}

extension PurgeMark {
    /// A purge as it stands in Redis. A newer release may name scopes and strengths that this one does not know: that is
    /// a hard purge of everything here, which is more than was meant, and never less.
    init(sequence: UInt64, stored scope: String, strength: String, moment: Int64) {
        let known = PurgeScope(scope)
        self.init(
            sequence: sequence, scope: known ?? .everything, isSoft: strength == "soft" && known != nil, moment: moment)
    }
}
