import Caching

extension SQLiteDatabase {
    /// Runs the migrations that the database has not seen, all in one transaction. Of several processes one does it and
    /// the others wait.
    func migrate(_ migrations: [SchemaMigration]) throws(SQLiteFailure) {
        try transaction { () throws(SQLiteFailure) in
            try execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations \
                (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL DEFAULT (unixepoch() * 1000))
                """)
            var applied: Set<Int64> = []
            let select = try statement("SELECT version FROM schema_migrations")
            try select.run([]) { applied.insert(select.integer(0)) }
            let record = try statement("INSERT INTO schema_migrations (version) VALUES (?)")
            for migration in migrations where !applied.contains(Int64(migration.version)) {
                try execute(migration.sql)
                try record.run([.integer(Int64(migration.version))])
            }
        }
    }
}
