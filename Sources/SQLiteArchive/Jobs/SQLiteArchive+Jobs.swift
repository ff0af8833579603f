public import Caching

extension SQLiteArchive: JobStore {
    public func add(_ job: NewJob, within bounds: JobBounds) async throws(StoreError) -> JobAddition {
        try await change { (database) throws(SQLiteFailure) in try database.add(job, within: bounds) }
    }

    public func jobs() async throws(StoreError) -> [StoredJob] {
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in try database.jobs() }
    }

    public func job(_ identifier: String) async throws(StoreError) -> StoredJob? {
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in try database.job(identifier) }
    }

    public func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) async throws(StoreError) -> ClaimedJob? {
        // Looking costs no transaction, which would be one a second for nothing.
        let isWaiting = try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.openJob(besides: others) != nil
        }
        guard isWaiting else { return nil }
        return try await change { (database) throws(SQLiteFailure) in
            try database.claim(as: owner, for: term, besides: others)
        }
    }

    public func save(
        _ update: JobUpdate, of identifier: String, as owner: String
    ) async throws(StoreError) -> JobStanding {
        try await change { (database) throws(SQLiteFailure) in
            try database.save(update, of: identifier, as: owner)
        }
    }

    public func cancel(
        _ identifier: String, retention: Duration
    ) async throws(StoreError) -> StoredJob? {
        try await change { (database) throws(SQLiteFailure) in
            try database.cancel(identifier, retention: retention)
        }
    }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.transaction { () throws(SQLiteFailure) in try body(database) }
        }
    }
}
