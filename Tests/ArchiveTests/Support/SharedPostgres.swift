import Foundation
import MintcacheTesting
import Testing

/// Gives the tests of a suite one PostgreSQL to share, each with a database of its own in it.
struct SharedPostgres: SuiteTrait, TestScoping {
    @TaskLocal static var server: PostgresServer?
    /// Before the same server.
    @TaskLocal static var pooler: PgBouncer?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let server = try await PostgresServer.start()
        let pooler = try await PgBouncer(before: server)
        try await Self.$server.withValue(server) {
            try await Self.$pooler.withValue(pooler) { try await function() }
        }
        try await pooler.stop()
        try await server.stop()
    }

    /// A new database in the shared server.
    static func database() async throws -> TestDatabase {
        guard let server else { throw TestSupportError("the suite lacks the sharedPostgres trait") }
        let name = "test_\(UInt32.random(in: 0 ... .max))"
        try await server.query("CREATE DATABASE \(name)")
        return TestDatabase(server: server, pooler: pooler, name: name)
    }
}

extension Trait where Self == SharedPostgres {
    static var sharedPostgres: Self { Self() }
}

/// One database of a server.
struct TestDatabase: Sendable {
    let server: PostgresServer
    let pooler: PgBouncer?
    let name: String

    var url: String { "postgres://\(PostgresServer.user)@127.0.0.1:\(server.port)/\(name)" }

    /// The same through PgBouncer in transaction mode.
    var pooledURL: String { pooler?.url(database: name) ?? "" }

    /// Runs SQL and answers what psql prints.
    @discardableResult
    func query(_ sql: String) async throws -> String {
        let psql = try Executable.find("psql", package: "postgresql-client")
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
        let output = try await ChildProcess.run(ChildProcess.Command(psql, arguments), within: .seconds(30))
        return output.trimmingCharacters(in: .newlines)
    }
}
