public import Caching
import Dispatch
public import EventLoops
public import Tokens

/// The archive on PostgreSQL, by libpq without blocking: unnamed statements only, one at a time per connection, no
/// session state, so that a session or transaction pooler may stand between.
///
/// One connection writes, the others read. Connections come back by themselves. Pinned to its loop, but may be called
/// from anywhere.
public actor PostgresArchive: MetadataArchive {
    /// Where everything about the archive happens.
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let settings: PostgresSettings
    let writer: PostgresLink
    private let readers: [PostgresLink]
    private var idleReaders: [PostgresLink]
    private let queue: ReadQueue
    private var statementSize: StatementSize
    private var slowRows = SlowRows()
    private(set) var isClosed = false

    /// Nothing is connected before the first call.
    public init(_ settings: PostgresSettings, loop: EventLoop, resolver: AddressResolver) {
        self.settings = settings
        self.loop = loop
        let given = settings.url.options["connect_timeout"].flatMap { Int($0) } ?? 0
        let connectLimit = given > 0 ? Duration.seconds(given) : settings.limits.connect
        let links = (0..<max(settings.connections, 2)).map { _ in
            PostgresLink(to: settings.url, connectWithin: connectLimit, loop: loop, resolver: resolver)
        }
        writer = links[0]
        readers = Array(links[1...])
        idleReaders = readers
        queue = ReadQueue(maximumKeys: settings.limits.batchRows)
        statementSize = StatementSize(most: settings.limits.batchRows)
    }

    public func migrate() async throws(StoreError) {
        let migrations = try await Self.load(from: settings.migrations)
        do throws(PostgresFailure) {
            try await writer.migrate(migrations, within: settings.limits.migration)
        } catch {
            throw error.storeError
        }
    }

    /// Reads files off the loop.
    private static func load(from folder: String) async throws(StoreError) -> [SchemaMigration] {
        let loaded = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(StoreError) in try SchemaMigration.load(from: folder) })
            }
        }
        return try loaded.get()
    }

    /// Whether there are connections for reading and for writing now.
    public var isReachable: Bool {
        get async {
            let canWrite = await writer.isOpen
            for reader in readers where await reader.isOpen { return canWrite }
            return false
        }
    }

    public func close() async {
        isClosed = true
        for request in queue.takeAll() { request.end(with: .failure(Self.closed)) }
        for link in [writer] + readers { await link.close(within: settings.limits.write) }
    }

    static let closed = StoreError(kind: .unreachable, detail: "postgres: the archive is closed")

    // MARK: Writing

    /// As ``MetadataArchive/store(_:)``. A document that `jsonb` cannot hold is stored without `metadata`: such a row
    /// counts among the stored ones and is listed among the rejected ones too. One that takes too long is rejected when
    /// it was offered several times and nothing else is slow; until then the call throws, though the others have landed.
    public func store(_ records: [TokenRecord]) async throws(StoreError) -> StoreReport {
        guard !isClosed else { throw Self.closed }
        var limits = settings.limits
        limits.batchRows = statementSize.rows
        let outcome: BatchWriter.Outcome
        do throws(StoreError) {
            outcome = try await BatchWriter(link: writer, limits: limits).store(records, apart: slowRows)
        } catch {
            if error.kind == .timeout { statementSize.timedOut() }
            throw error
        }
        guard let timeout = outcome.timeout else {
            statementSize.succeeded(with: records.count)
            slowRows.forget(records.lazy.map(\.reference))
            return outcome.report
        }
        if outcome.late.isEmpty || !outcome.isComplete { statementSize.timedOut() }
        slowRows.note(outcome.late)
        guard outcome.isComplete, slowRows.haveHadTheirTries(outcome.late.map(\.record.reference)) else {
            throw timeout
        }
        return try await setAside(outcome.late, adding: outcome.report)
    }

    /// An upsert of no rows waits for what locks the table, but for no row's lock: when it works, and the rows can be
    /// written elsewhere, the server is well.
    private func setAside(_ late: [ArchiveRow], adding report: StoreReport) async throws(StoreError) -> StoreReport {
        if late.isEmpty { return report }
        try await write([.upsert([]), .reject(late)])
        slowRows.forget(late.map(\.record.reference))
        var report = report
        report.stored -= late.count
        report.rejected += late.map(\.rejection)
        return report
    }

    public func forget(
        _ scope: ArchiveScope, fetchedBefore moment: Int64, atMost count: Int
    ) async throws(StoreError) -> Int {
        let result = try await write([.takeTurnInDeleting, .forget(scope, before: moment, atMost: count)])
        return Int(result?.integer(row: 0, column: 0) ?? 0)
    }

    /// Runs statements in one transaction and answers the last one's result.
    @discardableResult
    func write(_ statements: [PostgresStatement]) async throws(StoreError) -> PostgresResult? {
        guard !isClosed else { throw Self.closed }
        do throws(PostgresFailure) {
            return try await writer.write(statements, limits: settings.limits)
        } catch {
            throw error.storeError
        }
    }

    // MARK: Reading

    public func records(
        for references: [TokenReference], within limit: Duration
    ) async throws(StoreError) -> [TokenReference: TokenRecord] {
        guard !isClosed else { throw Self.closed }
        let deadline = MonotonicTime.current + limit
        let size = settings.limits.batchRows
        let requests = stride(from: 0, to: references.count, by: size).map { start in
            ReadRequest(Array(references[start..<min(start + size, references.count)]), until: deadline, on: loop)
        }
        guard queue.count + requests.count <= settings.limits.waitingReads else {
            for request in requests { request.end(with: .success([:])) }
            throw StoreError(kind: .overloaded, detail: "postgres: too many reads are waiting")
        }
        for request in requests { queue.append(request) }
        serveWaiting()
        return try await Self.values(of: requests)
    }

    private static func values(of requests: [ReadRequest]) async throws(StoreError) -> [TokenReference: TokenRecord] {
        var found: [TokenReference: TokenRecord] = [:]
        for request in requests {
            do throws(StoreError) {
                found.merge(try await request.value()) { _, new in new }
            } catch {
                for other in requests { other.end(with: .failure(error)) }
                throw error
            }
        }
        return found
    }

    private func serveWaiting() {
        while queue.count > 0, let reader = idleReaders.popLast() {
            Task(executorPreference: loop) { await self.serve(with: reader) }
        }
    }

    private func serve(with reader: PostgresLink) async {
        while true {
            let batch = queue.takeBatch()
            if batch.isEmpty { break }
            let answer = await read(batch, with: reader)
            for request in batch { request.end(with: answer.map { Self.part(of: $0, for: request.references) }) }
        }
        idleReaders.append(reader)
    }

    private static func part(
        of found: [TokenReference: TokenRecord], for references: [TokenReference]
    ) -> [TokenReference: TokenRecord] {
        var part: [TokenReference: TokenRecord] = [:]
        for reference in references { part[reference] = found[reference] }
        return part
    }

    private func read(_ batch: [ReadRequest], with reader: PostgresLink) async -> ReadRequest.Answer {
        let references = Array(Set(batch.flatMap(\.references)))
        let limit = batch.map { $0.deadline - .current }.reduce(settings.limits.read, max)
        do throws(PostgresFailure) {
            let result = try await reader.read(.select(references), within: limit)
            return .success(result.records(for: references))
        } catch {
            return .failure(error.storeError)
        }
    }
}
