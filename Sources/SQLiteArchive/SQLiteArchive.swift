public import Caching
import Synchronization
public import Tokens

/// The archive in a file of its own, for a proxy without a database server. Blocking work is done on queues apart, one
/// for writing and one for reading, so that nobody who calls is held up by the disk beyond a deadline.
public final class SQLiteArchive: MetadataArchive {
    let writer: DatabaseLane
    /// The same as the writer when the database is in memory, where every connection is a database of its own.
    let reader: DatabaseLane
    private let writes: WriteQueue
    private let migrations: String
    let writeLimit: Duration
    private let isClosed = Atomic(false)

    /// Opens the database, making the file and the folders on the way to it. Blocks; call before serving.
    ///
    /// - Parameters:
    ///   - url: `sqlite:PATH` or `sqlite::memory:`.
    ///   - migrations: the folder of the migrations, `config/migrations/sqlite` in the source tree.
    ///   - writeLimit: the time after which ``store(_:)`` fails with `.timeout`, though the records may still land.
    public init(_ url: String, migrations: String, writeLimit: Duration = .seconds(5)) throws(StoreError) {
        let location = try SQLiteLocation(url)
        try location.prepare()
        writer = try DatabaseLane(location, label: "mintcache.sqlite.write")
        reader = location.isInMemory ? writer : try DatabaseLane(location, label: "mintcache.sqlite.read")
        writes = WriteQueue(writer)
        self.migrations = migrations
        self.writeLimit = writeLimit
    }

    public func migrate() async throws(StoreError) {
        let folder = migrations
        let steps = Reply<[SchemaMigration]>()
        writer.enqueue { _ in
            steps.give(Result { () throws(StoreError) in try SchemaMigration.load(from: folder) })
        }
        let migrations = try await steps.value(within: .seconds(60))
        try await writer.run(within: .seconds(60)) { (database) throws(SQLiteFailure) in
            try database.migrate(migrations)
        }
    }

    public func records(
        for references: [TokenReference], within limit: Duration
    ) async throws(StoreError) -> [TokenReference: TokenRecord] {
        if references.isEmpty { return [:] }
        return try await reader.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.records(for: references)
        }
    }

    public func tokens(
        in scope: ArchiveScope, after last: TokenReference?, atMost count: Int, within limit: Duration
    ) async throws(StoreError) -> [TokenReference] {
        try await reader.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.tokens(in: scope, after: last, atMost: count)
        }
    }

    public func store(_ records: [TokenRecord]) async throws(StoreError) -> StoreReport {
        if records.isEmpty { return StoreReport() }
        guard !isClosed.load(ordering: .relaxed) else { throw DatabaseLane.closed }
        return try await writes.store(records, within: writeLimit)
    }

    public func forget(
        _ scope: ArchiveScope, fetchedBefore moment: Int64, atMost count: Int
    ) async throws(StoreError) -> Int {
        guard !isClosed.load(ordering: .relaxed) else { throw DatabaseLane.closed }
        return try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.forget(scope, fetchedBefore: moment, atMost: count)
        }
    }

    /// Whether the archive is open: the file needs no connection.
    public var isReachable: Bool {
        get async { !isClosed.load(ordering: .relaxed) }
    }

    public func close() async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        await writes.drain()
        await reader.close()
        if reader !== writer { await writer.close() }
    }
}
