import Caching

/// What changes anything is called inside a transaction.
extension SQLiteDatabase {
    /// The present in milliseconds since 1970, by the database's clock.
    private static let now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

    private static let columns = """
        id, created_at, request, state, owner, state = 'open' AND leased_until > \(now), progress, ended_at
        """

    // MARK: Adding

    func add(_ job: NewJob, within bounds: JobBounds) throws(SQLiteFailure) -> JobAddition {
        try forgetPast()
        if let run = job.run, try !isDue(run) { return .notDue }
        guard try count("state = 'open'") < bounds.open else { return .refused }
        let insert = try statement("INSERT INTO warm_jobs (id, created_at, request, work) VALUES (?, ?, ?, ?)")
        try insert.run([.text(job.identifier), .integer(job.createdAt), .blob(job.request), .blob(job.work)])
        if let run = job.run { try remember(run, as: job.identifier) }
        let surplus = try count("true") - bounds.kept
        if surplus > 0 {
            let delete = try statement(
                """
                DELETE FROM warm_jobs WHERE id IN (\
                SELECT id FROM warm_jobs WHERE state <> 'open' ORDER BY id LIMIT ?)
                """)
            try delete.run([.integer(Int64(surplus))])
        }
        return .added
    }

    private func forgetPast() throws(SQLiteFailure) {
        try execute(
            """
            DELETE FROM warm_jobs WHERE forget_at <= \(Self.now);
            DELETE FROM warm_schedules WHERE forget_at <= \(Self.now)
            """)
    }

    private func count(_ condition: String) throws(SQLiteFailure) -> Int {
        let select = try statement("SELECT count(*) FROM warm_jobs WHERE \(condition)")
        var count = 0
        try select.run([]) { count = Int(select.integer(0)) }
        return count
    }

    /// Whether a run is the next of its schedule, and none before it is open. One that comes too early is over with.
    private func isDue(_ run: NewJob.Run) throws(SQLiteFailure) -> Bool {
        let select = try statement(
            """
            SELECT run, job, EXISTS (SELECT 1 FROM warm_jobs WHERE id = job AND state = 'open') \
            FROM warm_schedules WHERE name = ?
            """)
        var last: (number: Int64, job: String, isOpen: Bool)?
        try select.run([.text(run.schedule)]) {
            last = (select.integer(0), select.text(1) ?? "", select.integer(2) == 1)
        }
        guard let last else { return true }
        guard run.number > last.number else { return false }
        if last.isOpen { try remember(run, as: last.job) }
        return !last.isOpen
    }

    private func remember(_ run: NewJob.Run, as job: String) throws(SQLiteFailure) {
        // Until the next two are over, so that schedules that nobody has any more go.
        let upsert = try statement(
            """
            INSERT INTO warm_schedules (name, run, job, forget_at) VALUES (?, ?, ?, \(Self.now) + ?) \
            ON CONFLICT (name) DO UPDATE SET run = excluded.run, job = excluded.job, forget_at = excluded.forget_at
            """)
        let memory = 3 * run.interval.milliseconds
        try upsert.run([.text(run.schedule), .integer(run.number), .text(job), .integer(memory)])
    }

    // MARK: Reading

    func jobs() throws(SQLiteFailure) -> [StoredJob] {
        let select = try statement(
            """
            SELECT \(Self.columns) FROM warm_jobs WHERE forget_at IS NULL OR forget_at > \(Self.now) ORDER BY id DESC
            """)
        var jobs: [StoredJob] = []
        try select.run([]) { jobs.append(contentsOf: [Self.job(in: select)].compactMap { $0 }) }
        return jobs
    }

    func job(_ identifier: String) throws(SQLiteFailure) -> StoredJob? {
        let select = try statement("SELECT \(Self.columns), failures FROM warm_jobs WHERE id = ?")
        var job: StoredJob?
        try select.run([.text(identifier)]) {
            job = Self.job(in: select)
            job?.failures = select.blob(8)
        }
        return job
    }

    private static func job(in row: SQLiteStatement) -> StoredJob? {
        guard let identifier = row.text(0), let state = row.text(3).flatMap({ StoredJob.State(rawValue: $0) }) else {
            return nil
        }
        let endedAt = row.integer(7)
        return StoredJob(
            identifier: identifier, createdAt: row.integer(1), request: row.blob(2), state: state, owner: row.text(4),
            isLeased: row.integer(5) == 1, progress: row.blob(6), endedAt: endedAt > 0 ? endedAt : nil)
    }

    // MARK: Working

    /// The oldest open job that nobody works on.
    func openJob(besides others: Set<String>) throws(SQLiteFailure) -> String? {
        let select = try statement(
            "SELECT id FROM warm_jobs WHERE state = 'open' AND leased_until <= \(Self.now) ORDER BY id")
        var identifier: String?
        try select.run([]) {
            guard identifier == nil, let next = select.text(0), !others.contains(next) else { return }
            identifier = next
        }
        return identifier
    }

    func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) throws(SQLiteFailure) -> ClaimedJob? {
        guard let identifier = try openJob(besides: others) else { return nil }
        try statement("UPDATE warm_jobs SET owner = ?, leased_until = \(Self.now) + ? WHERE id = ?")
            .run([.text(owner), .integer(term.milliseconds), .text(identifier)])
        guard let job = try job(identifier) else { return nil }
        let select = try statement("SELECT work FROM warm_jobs WHERE id = ?")
        var work: [UInt8] = []
        try select.run([.text(identifier)]) { work = select.blob(0) }
        return ClaimedJob(job: job, work: work)
    }

    func save(
        _ update: JobUpdate, of identifier: String, as owner: String
    ) throws(SQLiteFailure) -> JobStanding {
        guard let job = try job(identifier), job.owner == owner, job.state == .open || job.state == .cancelled else {
            return .lost
        }
        try statement("UPDATE warm_jobs SET progress = ?, failures = ? WHERE id = ?")
            .run([.blob(update.progress), .blob(update.failures ?? job.failures), .text(identifier)])
        guard job.state == .open else { return .cancelled }
        switch update.course {
        case .goesOn(let term):
            try statement("UPDATE warm_jobs SET leased_until = \(Self.now) + ? WHERE id = ?")
                .run([.integer(term.milliseconds), .text(identifier)])
        case .released:
            try statement("UPDATE warm_jobs SET leased_until = 0 WHERE id = ?").run([.text(identifier)])
        case .over(let state, let retention):
            try end(identifier, as: state, retention)
        }
        return .saved
    }

    func cancel(_ identifier: String, retention: Duration) throws(SQLiteFailure) -> StoredJob? {
        if try job(identifier)?.state == .open { try end(identifier, as: .cancelled, retention) }
        return try job(identifier)
    }

    private func end(
        _ identifier: String, as state: StoredJob.State, _ retention: Duration
    ) throws(SQLiteFailure) {
        try statement(
            """
            UPDATE warm_jobs SET state = ?, work = x'', leased_until = 0, ended_at = \(Self.now), \
            forget_at = \(Self.now) + ? WHERE id = ?
            """
        ).run([.text(state.rawValue), .integer(retention.milliseconds), .text(identifier)])
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
