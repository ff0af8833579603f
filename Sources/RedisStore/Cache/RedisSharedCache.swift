public import Caching
import EventLoops
import Glibc
public import Tokens

/// The shared tier in Redis: one string per token, in the coding of ``RecordCoding``, which expires when the record
/// does; and the feeding end of the outbox.
public actor RedisSharedCache: SharedCache {
    /// What has happened since the cache was made.
    public struct Statistics: Sendable, Hashable {
        /// Values that were no record, or another token's, and were deleted.
        public var unreadable = 0
        /// Records that Redis had no memory for.
        public var refusedForMemory = 0
    }

    /// A record that is all but stale is still kept for other replicas to find.
    private static let shortestLifetime: Int64 = 1000
    private static let longestLifetime: Int64 = 10 * 365 * 86_400_000

    private let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public private(set) var statistics = Statistics()
    private let client: RedisClient
    private let keys: RedisKeys
    private let compressionThreshold: Int?
    private let milliseconds: @Sendable () -> Int64

    /// - Parameters:
    ///   - client: shared with others; closed together with the cache.
    ///   - compressionThreshold: in bytes; longer values are compressed when that makes them shorter. Nil for none.
    ///   - milliseconds: the time since 1970, which lifetimes are counted from.
    public init(
        client: RedisClient, keys: RedisKeys, compressingAbove compressionThreshold: Int? = 1024,
        milliseconds: @escaping @Sendable () -> Int64 = { RedisSharedCache.systemMilliseconds() }
    ) {
        self.client = client
        self.keys = keys
        self.compressionThreshold = compressionThreshold
        self.milliseconds = milliseconds
        loop = client.loop
    }

    public func record(
        for reference: TokenReference, within limit: Duration
    ) async throws(StoreError) -> TokenRecord? {
        let key = keys.record(of: reference)
        let reply = try await client.replies(to: [RedisCommand("GET", key)], within: limit)[0]
        switch reply {
        case .null:
            return nil
        case .bulk(let bytes):
            do throws(StoredValueError) {
                let record = try RecordCoding.decode(bytes)
                if record.reference == reference { return record }
            } catch .unknownVersion {
                // A newer release serves from the same Redis: its records are not ours to delete.
                return nil
            } catch {}
        case .error(let error):
            guard error.code == "WRONGTYPE" else { throw StoreError(error) }
        case .status, .integer, .array:
            throw StoreError(unexpectedReplyTo: "GET")
        }
        statistics.unreadable += 1
        _ = try await client.replies(to: [RedisCommand("DEL", key)], within: limit)
        return nil
    }

    /// As ``SharedCache/store(_:enqueueForArchive:)``. The outbox entry is written first: with only that one written,
    /// the archive still learns of the record.
    public func store(_ record: TokenRecord, enqueueForArchive: Bool) async throws(StoreError) {
        let bytes = RecordCoding.encode(record, compressingAbove: compressionThreshold)
        var commands: [RedisCommand] = []
        if enqueueForArchive { commands.append(OutboxStream.appending(bytes, to: keys.outbox)) }
        commands.append(setting(record, to: bytes))
        for reply in try await client.replies(to: commands, within: nil) {
            guard let error = reply.serverError else { continue }
            if error.meaning == .outOfMemory { statistics.refusedForMemory += 1 }
            throw StoreError(error)
        }
    }

    public func offer(_ record: TokenRecord) async throws(StoreError) {
        let bytes = RecordCoding.encode(record, compressingAbove: compressionThreshold)
        try await client.expectSuccess(of: [setting(record, to: bytes).with("NX")])
    }

    private func setting(_ record: TokenRecord, to bytes: [UInt8]) -> RedisCommand {
        let (left, overflow) = record.freshUntil.subtractingReportingOverflow(milliseconds())
        let lifetime = overflow ? Self.longestLifetime : min(max(left, Self.shortestLifetime), Self.longestLifetime)
        return RedisCommand("SET", keys.record(of: record.reference)).with(bytes).with("PX").with("\(lifetime)")
    }

    public func forget(_ reference: TokenReference) async throws(StoreError) {
        try await client.expectSuccess(of: [RedisCommand("DEL", keys.record(of: reference))])
    }

    public var isReachable: Bool {
        get async { await client.isReachable }
    }

    public func close() async {
        await client.close()
    }

    /// The system's clock in milliseconds since 1970.
    public static func systemMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
