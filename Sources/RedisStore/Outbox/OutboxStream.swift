import Caching
import EventLoops

/// The stream of records on their way to the archive, and one consumer of its group.
///
/// An entry is in the stream until its record is in the archive. Reading gives it to one consumer, which holds it as
/// pending until it is acknowledged; a consumer that finds its own pending entries, or takes over those of one that
/// fell silent, delivers them again. So an entry may be delivered twice, and is never lost.
struct OutboxStream: Sendable {
    /// Entries in one reply: documents may be large, and the reply is held as a whole.
    static let entriesPerReply = 16
    static let group = "archive"
    private static let field = "r"

    /// What keeps the stream from being read.
    enum Fault: Error {
        /// Somebody deleted the stream; the group must be made anew.
        case groupMissing
        case store(StoreError)
    }

    let client: RedisClient
    /// Used for reads that block, by nobody else.
    let reader: RedisClient
    let key: String
    let consumer: String

    /// The command that puts a record at the end of a stream.
    static func appending(_ record: [UInt8], to key: String) -> RedisCommand {
        RedisCommand("XADD", key, "*", field).with(record)
    }

    /// Makes the group, which begins with the stream's first entry, unless it exists.
    func createGroup() async throws(Fault) {
        do throws(Fault) {
            _ = try await run([RedisCommand("XGROUP", "CREATE", key, Self.group, "0", "MKSTREAM")], on: client)
        } catch .store(let error) where error.detail.contains("BUSYGROUP") {
            return
        }
    }

    /// Entries that this consumer was given after `identifier` and has not acknowledged.
    func pending(after identifier: String, count: Int) async throws(Fault) -> [OutboxEntry] {
        let command = RedisCommand("XREADGROUP", "GROUP", Self.group, consumer, "COUNT", "\(count)")
        let reply = try await run([command.with("STREAMS").with(key).with(identifier)], on: client)
        return try Self.entries(inStreamsOf: reply[0])
    }

    /// Entries that nobody was given before. With `block`, waits that long for one.
    func fresh(count: Int, block: Duration?) async throws(Fault) -> [OutboxEntry] {
        var command = RedisCommand("XREADGROUP", "GROUP", Self.group, consumer, "COUNT", "\(count)")
        if let block { command = command.with("BLOCK").with("\(max(block.inMilliseconds, 1))") }
        let limit = (block ?? .zero) + reader.options.timeout
        let reply = try await run([command.with("STREAMS").with(key).with(">")], on: reader, within: limit)
        return try Self.entries(inStreamsOf: reply[0])
    }

    /// Takes over entries that another consumer holds without a sign of life, and says where to go on: `0-0` for
    /// the beginning.
    func claim(
        idleFor idle: Duration, from cursor: String, count: Int
    ) async throws(Fault) -> (next: String, entries: [OutboxEntry]) {
        let command = RedisCommand("XAUTOCLAIM", key, Self.group, consumer, "\(idle.inMilliseconds)", cursor)
        let reply = try await run([command.with("COUNT").with("\(count)")], on: client)[0]
        guard let parts = reply.elements, parts.count >= 2, let next = parts[0].text else {
            throw .store(StoreError(unexpectedReplyTo: "XAUTOCLAIM"))
        }
        return (next, try Self.entries(in: parts[1]))
    }

    /// Has the next consumer that looks for entries of silent ones find these, as if they had been held for that long.
    func passOn(_ identifiers: [String], asIdleFor idle: Duration) async throws(Fault) {
        let command = RedisCommand("XCLAIM", arguments: [key, Self.group, consumer, "0"] + identifiers)
        _ = try await run([command.with("IDLE").with("\(idle.inMilliseconds)").with("JUSTID")], on: client)
    }

    /// Takes entries out of the stream. Deleted first: an entry that is only deleted shows up as pending without
    /// contents and is cleared away, while one that was only acknowledged would lie there for ever.
    func remove(_ identifiers: [String]) async throws(Fault) {
        guard !identifiers.isEmpty else { return }
        let commands = [
            RedisCommand("XDEL", arguments: [key] + identifiers),
            RedisCommand("XACK", arguments: [key, Self.group] + identifiers),
        ]
        _ = try await run(commands, on: client)
    }

    /// Forgets this consumer if it holds nothing: with pending entries they would be forgotten too.
    func leave() async throws(Fault) {
        // Reading them would make them look as if this consumer were at work on them.
        let held = try await run([RedisCommand("XPENDING", key, Self.group, "-", "+", "1", consumer)], on: client)[0]
        guard held.elements?.isEmpty ?? false else { return }
        _ = try await run([RedisCommand("XGROUP", "DELCONSUMER", key, Self.group, consumer)], on: client)
    }

    func run(
        _ commands: [RedisCommand], on client: RedisClient, within limit: Duration? = nil
    ) async throws(Fault) -> [RedisReply] {
        let replies: [RedisReply]
        do throws(RedisError) {
            replies = try await client.pipeline(commands, within: limit)
        } catch {
            throw .store(StoreError(error))
        }
        for reply in replies {
            guard let error = reply.serverError else { continue }
            // The second is what a reader hears whose stream is deleted while it waits.
            if error.code == "NOGROUP" || error.code == "UNBLOCKED" { throw .groupMissing }
            throw .store(StoreError(error))
        }
        return replies
    }

    private static func entries(inStreamsOf reply: RedisReply) throws(Fault) -> [OutboxEntry] {
        if reply == .null { return [] }
        guard let stream = reply.elements?.first?.elements, stream.count == 2 else {
            throw .store(StoreError(unexpectedReplyTo: "XREADGROUP"))
        }
        return try entries(in: stream[1])
    }

    private static func entries(in reply: RedisReply) throws(Fault) -> [OutboxEntry] {
        guard let elements = reply.elements else { throw .store(StoreError(unexpectedReplyTo: "XREADGROUP")) }
        // Redis 6 answers null for an entry that was deleted while pending and has not even its name.
        return elements.compactMap { OutboxEntry($0, field: field) }
    }
}
