import EventLoops

extension PostgresLink {
    /// Runs one statement by itself, as reads are.
    func read(_ statement: PostgresStatement, within limit: Duration) async throws(PostgresFailure) -> PostgresResult {
        try await exclusively(within: limit) { connection, deadline throws(PostgresFailure) in
            try await connection.run(statement, within: deadline - .current)
        }
    }

    /// Runs one statement in a transaction of its own, so that the server's time limits can go with it without
    /// becoming state of a session that a pooler may hand to others.
    func write(_ statement: PostgresStatement, limits: PostgresLimits) async throws(PostgresFailure) {
        try await write([statement], limits: limits)
    }

    /// Runs statements in one transaction: all of them or none.
    ///
    /// - Returns: the last one's result.
    @discardableResult
    func write(
        _ statements: [PostgresStatement], limits: PostgresLimits
    ) async throws(PostgresFailure) -> PostgresResult? {
        try await exclusively(within: limits.write) { connection, deadline throws(PostgresFailure) in
            do throws(PostgresFailure) {
                try await connection.run(script: Self.begin(limits), within: deadline - .current)
                var result: PostgresResult?
                for statement in statements {
                    result = try await connection.run(statement, within: deadline - .current)
                }
                try await connection.run(script: "COMMIT", within: deadline - .current)
                return result
            } catch {
                guard connection.isInTransaction, !error.endsConnection else { throw error }
                try await connection.run(script: "ROLLBACK", within: deadline - .current)
                throw error
            }
        }
    }

    private static func begin(_ limits: PostgresLimits) -> String {
        """
        BEGIN; SET LOCAL lock_timeout = \(limits.lock.inMilliseconds); \
        SET LOCAL statement_timeout = \(limits.statement.inMilliseconds)
        """
    }
}
