import Caching
import EventLoops

/// How much the stream holds, and what is done when that is too much.
extension OutboxStream {
    /// Nodes that Redis looks at, from the oldest on, to estimate the stream's size.
    private static let sampledNodes = 1000

    /// How much is in the stream, as of `milliseconds` since 1970.
    func status(at milliseconds: Int64) async throws(StoreError) -> RedisOutbox.Status {
        let replies = try await client.replies(
            to: [
                RedisCommand("XLEN", key), RedisCommand("XPENDING", key, Self.group),
                RedisCommand("XRANGE", key, "-", "+", "COUNT", "1"), sizeCommand,
            ], within: nil)
        if let error = replies[0].serverError { throw StoreError(error) }
        let oldest = replies[2].elements?.first?.elements?.first?.text?.split(separator: "-").first
        let age = oldest.flatMap { Int64($0) }.map { Duration.milliseconds(max(milliseconds - $0, 0)) }
        return RedisOutbox.Status(
            depth: Int(replies[0].integer ?? 0),
            pending: Int(replies[1].elements?.first?.integer ?? 0),
            bytes: Int(replies[3].integer ?? 0),
            oldest: age
        )
    }

    /// Drops the oldest entries until the stream is within its bounds, a sixteenth below those of rows and bytes so
    /// that it does not come to that for each new entry. Tells how many were dropped.
    func trim(to bounds: RedisOutbox.Bounds, at milliseconds: Int64) async throws(StoreError) -> Int {
        let oldest = max(milliseconds - bounds.age.inMilliseconds, 0)
        let replies = try await client.replies(
            to: [RedisCommand("XTRIM", key, "MINID", "\(oldest)"), RedisCommand("XLEN", key), sizeCommand], within: nil)
        for reply in replies[..<2] {
            if let error = reply.serverError { throw StoreError(error) }
        }
        let aged = Int(replies[0].integer ?? 0)
        let rows = Int(replies[1].integer ?? 0)
        let kept = bounds.rowsToKeep(of: rows, bytes: Int(replies[2].integer ?? 0))
        guard kept < rows else { return aged }
        let reply = try await client.replies(to: [RedisCommand("XTRIM", key, "MAXLEN", "\(kept)")], within: nil)[0]
        if let error = reply.serverError { throw StoreError(error) }
        return aged + Int(reply.integer ?? 0)
    }

    /// An account that may not ask this goes without the bound in bytes.
    private var sizeCommand: RedisCommand {
        RedisCommand("MEMORY", "USAGE", key, "SAMPLES", "\(Self.sampledNodes)")
    }

    /// Forgets consumers that hold nothing and have not shown up for long: instances that were killed and came back
    /// under another name. One that lives asks for entries every second or so.
    func forgetConsumers(idleFor limit: Duration) async throws(Fault) {
        let reply = try await run([RedisCommand("XINFO", "CONSUMERS", key, Self.group)], on: client)[0]
        for consumer in reply.elements ?? [] {
            let fields = consumer.elements ?? []
            var facts: [String: RedisReply] = [:]
            for index in stride(from: 0, to: fields.count - 1, by: 2) {
                if let name = fields[index].text { facts[name] = fields[index + 1] }
            }
            guard let name = facts["name"]?.text, facts["pending"]?.integer == 0, let idle = facts["idle"]?.integer,
                idle > limit.inMilliseconds
            else { continue }
            _ = try await run([RedisCommand("XGROUP", "DELCONSUMER", key, Self.group, name)], on: client)
        }
    }
}

extension RedisOutbox.Bounds {
    /// How many of so many entries may stay.
    func rowsToKeep(of count: Int, bytes size: Int) -> Int {
        var kept = count
        if count > rows { kept = rows - rows / 16 }
        if size > bytes {
            let share = Double(bytes - bytes / 16) / Double(size)
            kept = min(kept, Int(Double(count) * share))
        }
        return kept
    }
}
