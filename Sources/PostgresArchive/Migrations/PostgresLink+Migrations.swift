import Caching
import EventLoops

extension PostgresLink {
    /// Any number that nobody else uses for an advisory lock in the same database.
    private static let migrationLock: Int64 = 0x6D69_6E74_6361_6368

    /// Runs the migrations that the database has not seen, all in one transaction. Of several replicas one does it and
    /// the others wait.
    func migrate(_ migrations: [SchemaMigration], within limit: Duration) async throws(PostgresFailure) {
        try await exclusively(within: limit) { connection, deadline throws(PostgresFailure) in
            try await connection.run(
                script: "BEGIN; SELECT pg_advisory_xact_lock(\(Self.migrationLock)); SET LOCAL lock_timeout = '10s'",
                within: deadline - .current)
            let applied = try await Self.appliedVersions(on: connection, until: deadline)
            for migration in migrations where !applied.contains(Int64(migration.version)) {
                try await connection.run(script: migration.sql, within: deadline - .current)
                let record = PostgresStatement(
                    sql: "INSERT INTO schema_migrations (version) VALUES ($1) ON CONFLICT DO NOTHING",
                    parameters: [.integer(Int64(migration.version))])
                _ = try await connection.run(record, within: deadline - .current)
            }
            try await connection.run(script: "COMMIT", within: deadline - .current)
        }
    }

    /// Looks before it creates, because creating needs rights that a role may lack once the schema is in place.
    private static func appliedVersions(
        on connection: PostgresConnection, until deadline: MonotonicTime
    ) async throws(PostgresFailure) -> Set<Int64> {
        let look = PostgresStatement(sql: "SELECT to_regclass('schema_migrations')::text", parameters: [])
        let table = try await connection.run(look, within: deadline - .current)
        if table.text(row: 0, column: 0) == nil {
            try await connection.run(
                script: """
                    CREATE TABLE schema_migrations \
                    (version bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())
                    """,
                within: deadline - .current)
        }
        let select = PostgresStatement(sql: "SELECT version FROM schema_migrations", parameters: [])
        let versions = try await connection.run(select, within: deadline - .current)
        return Set((0..<versions.rowCount).compactMap { versions.integer(row: $0, column: 0) })
    }
}
