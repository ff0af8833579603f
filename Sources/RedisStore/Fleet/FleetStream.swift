import Caching
import EventLoops

/// The stream of announcements as one listener reads it, by a client that nobody else uses.
struct FleetStream: Sendable {
    /// What came of one look.
    struct Look {
        /// In the order of the stream.
        var entries: [Entry]
        /// Whether everything since the position was still there to be read.
        var isComplete: Bool
    }

    struct Entry {
        let identifier: String
        /// Nil when this release does not understand it.
        let announcement: Announcement?
    }

    /// Entries in one reply.
    private static let entriesPerReply = 512

    let client: RedisClient
    let key: String
    let options: RedisFleetChannel.Options

    /// The command that puts an entry of these fields at the end of a stream, which is kept about `length` long.
    static func appending(_ fields: [[UInt8]], to key: String, length: Int) -> RedisCommand {
        fields.reduce(RedisCommand("XADD", key, "MAXLEN", "~", "\(length)", "*")) { $0.with($1) }
    }

    /// The position of the last entry. An empty stream is given a first one, so that every position is one that can be
    /// looked for.
    func end() async throws(StoreError) -> String {
        let last = try await reply(to: [RedisCommand("XREVRANGE", key, "+", "-", "COUNT", "1")])[0]
        guard let entries = last.elements else { throw StoreError(unexpected: last, to: "XREVRANGE") }
        if let identifier = entries.first?.elements?.first?.text { return identifier }
        let joining = Self.appending(AnnouncementFields.joined, to: key, length: options.length)
        let added = try await reply(to: [joining])[0]
        guard let identifier = added.text else { throw StoreError(unexpected: added, to: "XADD") }
        return identifier
    }

    /// Entries after `position`; waits for some when there are none yet.
    ///
    /// Whether the position itself is still there is asked afterwards: if it is, nothing behind it was trimmed before.
    func look(after position: String) async throws(StoreError) -> Look {
        let reading = RedisCommand(
            "XREAD", "COUNT", "\(Self.entriesPerReply)", "BLOCK", "\(max(options.block.inMilliseconds, 1))",
            "STREAMS", key, position)
        let checking = RedisCommand("XRANGE", key, position, position)
        let limit = options.block + client.options.timeout
        let replies = try await reply(to: [reading, checking], within: limit)
        guard let found = replies[1].elements else { throw StoreError(unexpected: replies[1], to: "XRANGE") }
        return Look(entries: try entries(in: replies[0]), isComplete: !found.isEmpty)
    }

    private func reply(
        to commands: [RedisCommand], within limit: Duration? = nil
    ) async throws(StoreError) -> [RedisReply] {
        try await client.replies(to: commands, within: limit)
    }

    private func entries(in reply: RedisReply) throws(StoreError) -> [Entry] {
        switch reply {
        case .null: return []
        // What a listener hears whose stream is deleted while it waits: not there, as the check will tell.
        case .error(let error) where error.code == "UNBLOCKED": return []
        case .array(let streams):
            guard let entries = streams.first?.elements?.last?.elements else { break }
            return entries.compactMap { entry in
                guard let parts = entry.elements, parts.count == 2, let identifier = parts[0].text else { return nil }
                return Entry(
                    identifier: identifier,
                    announcement: parts[1].elements.flatMap { AnnouncementFields.announcement(in: $0) })
            }
        case .error, .status, .integer, .bulk: break
        }
        throw StoreError(unexpected: reply, to: "XREAD")
    }
}
