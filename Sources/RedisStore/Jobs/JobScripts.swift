/// What is done to jobs in one step. Names of the keys that a script makes itself lie in the slot of those it is given.
enum JobScripts {
    /// Keys: all jobs, the open ones, the job, its work, and with a run its schedule. Arguments: the job's identifier, age,
    /// request and work; how many may be open and are kept; the run's number and how long that is remembered; what the
    /// names of jobs begin with. Answers a word, and the jobs that made room.
    static let add = """
        if #KEYS == 5 then
          local last = redis.call('GET', KEYS[5])
          if last then
            local number, id = string.match(last, '^(%-?%d+) (.*)$')
            if number and tonumber(number) >= tonumber(ARGV[7]) then return {'later'} end
            if id and redis.call('ZSCORE', KEYS[2], id) then
              redis.call('SET', KEYS[5], ARGV[7] .. ' ' .. id, 'PX', ARGV[8])
              return {'later'}
            end
          end
        end
        if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) then return {'refused'} end
        redis.call('HSET', KEYS[3], 'state', 'open', 'created', ARGV[2], 'request', ARGV[3])
        redis.call('SET', KEYS[4], ARGV[4])
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        redis.call('ZADD', KEYS[2], 0, ARGV[1])
        if #KEYS == 5 then redis.call('SET', KEYS[5], ARGV[7] .. ' ' .. ARGV[1], 'PX', ARGV[8]) end
        local answer = {'added'}
        local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[6])
        if surplus > 0 then
          for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
            if #answer > surplus then break end
            if not redis.call('ZSCORE', KEYS[2], id) then answer[#answer + 1] = id end
          end
        end
        return answer
        """

    /// The time by the clock of the node that has the key, in milliseconds.
    static let clock = """
        local time = redis.call('TIME')
        return time[1] * 1000 + math.floor(time[2] / 1000)
        """

    /// Keys: the open jobs, what the names of jobs begin with. Arguments: the owner and the term, and the jobs that are left
    /// to others. Answers the job taken.
    static let claim = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local others = {}
        for index = 3, #ARGV do others[ARGV[index]] = true end
        for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
          local key = KEYS[2] .. id
          if redis.call('HGET', key, 'state') ~= 'open' then
            redis.call('ZREM', KEYS[1], id)
          elseif not others[id] then
            redis.call('HSET', key, 'owner', ARGV[1])
            redis.call('ZADD', KEYS[1], now + ARGV[2], id)
            return id
          end
        end
        return false
        """

    /// Keys: the open jobs, the job, its work. Arguments: the job's identifier, the owner, the course, the term or how
    /// long it is remembered, how far it is, and perhaps its failures.
    static let save = """
        if redis.call('HGET', KEYS[2], 'owner') ~= ARGV[2] then return 'lost' end
        local state = redis.call('HGET', KEYS[2], 'state')
        if state ~= 'open' and state ~= 'cancelled' then return 'lost' end
        redis.call('HSET', KEYS[2], 'progress', ARGV[5])
        if ARGV[6] then redis.call('HSET', KEYS[2], 'failures', ARGV[6]) end
        if state == 'cancelled' then return 'cancelled' end
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        if ARGV[3] == 'goes on' then
          redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
        elseif ARGV[3] == 'released' then
          redis.call('ZADD', KEYS[1], 0, ARGV[1])
        else
          redis.call('HSET', KEYS[2], 'state', ARGV[3], 'ended', string.format('%.0f', now))
          redis.call('ZREM', KEYS[1], ARGV[1])
          redis.call('PEXPIRE', KEYS[2], ARGV[4])
          redis.call('DEL', KEYS[3])
        end
        return 'saved'
        """

    /// Keys: the open jobs, the job, its work. Arguments: the job's identifier, and how long it is remembered.
    static let cancel = """
        if redis.call('HGET', KEYS[2], 'state') ~= 'open' then return 0 end
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('HSET', KEYS[2], 'state', 'cancelled', 'ended', string.format('%.0f', now))
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        redis.call('DEL', KEYS[3])
        return 1
        """
}
