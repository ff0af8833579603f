import RedisStore

/// How Redis has fared since the start.
struct RedisReport: Sendable {
    let client: RedisClient.Statistics
    /// Values that were damaged, and were deleted.
    let unreadable: Int

    static func families(of report: RedisReport?) -> [MetricFamily] {
        let table: [(String, String, (RedisReport) -> Int)] = [
            ("connections", "Connections to Redis that came about.", \.client.connections),
            ("connection_attempts", "Attempts at a connection to Redis.", \.client.attempts),
            ("command_timeouts", "Calls to Redis without a reply in time.", \.client.timeouts),
            ("refused_writes", "Writes that Redis refused, for lack of memory or for now.", \.client.refusedWrites),
            ("denied_commands", "Commands that the account at Redis has no right to.", \.client.deniedCommands),
            ("unreadable_values", "Values in Redis that were damaged, and were deleted.", \.unreadable),
        ]
        return table.map { .plain(.counter, "mintcache_redis_\($0)_total", $1, report.map($2).map(Double.init)) }
    }
}

/// Tells of a client's events in the log, each as loud as it deserves. Neither errors nor events hold secrets.
struct RedisLog: Sendable {
    let log: Logger

    func tell(_ event: RedisClient.Event) {
        switch event {
        case .connected:
            log.info("connected to Redis")
        case .lost(.refused(let reason)):
            log.error(
                "Redis refuses this client, which asks again every 5 s",
                ["reason": reason, "hint": "check cache.redis.url and the account's rights"])
        case .lost(let error):
            log.warning("Redis is left out until it answers again", ["reason": error.description])
        case .refusing(code: "NOPERM", let commands):
            log.error(
                "the account at Redis has no right to commands that are needed",
                ["commands": "\(commands)", "hint": "docs/configuration.md lists the rights"])
        case .refusing(let code, let commands):
            log.warning("Redis refuses writes and is read on", ["code": code, "writes": "\(commands)"])
        }
    }
}
