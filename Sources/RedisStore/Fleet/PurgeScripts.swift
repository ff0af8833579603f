/// What Redis does with purges in one step. The first key is their hash.
enum PurgeScripts {
    /// Numbers a purge, remembers it, and announces it on the stream that is the second key.
    ///
    /// Arguments: the number known, strength, scope, the stream's length, and a generation in case there is none.
    static let ordering = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local last = tonumber(redis.call('HGET', KEYS[1], 'sequence') or '0')
        local sequence = string.format('%.0f', math.max(last, tonumber(ARGV[1]), now) + 1)
        local moment = string.format('%.0f', now)
        redis.call('HSETNX', KEYS[1], 'generation', ARGV[5])
        redis.call('HSET', KEYS[1], 'sequence', sequence, ARGV[2] .. ' ' .. ARGV[3], sequence .. ' ' .. moment)
        redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'kind', 'purged', 'sequence', sequence,
          'scope', ARGV[3], 'strength', ARGV[2], 'moment', moment)
        return {sequence, moment}
        """

    /// Sets fields that begin with a number, given with their values in turn, unless a greater number stands there.
    static let adding = """
        for i = 1, #ARGV, 2 do
          local held = redis.call('HGET', KEYS[1], ARGV[i])
          local number = tonumber(string.match(ARGV[i + 1], '^%d+'))
          if not held or tonumber(string.match(held, '^%d+') or '0') < number then
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
          end
        end
        return 1
        """

    /// Drops fields, given with their values in turn, unless they have other values now; counts that, so that whoever
    /// reads at the same time notices.
    static let removing = """
        for i = 1, #ARGV, 2 do
          if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
        end
        redis.call('HINCRBY', KEYS[1], 'removals', 1)
        return 1
        """
}
