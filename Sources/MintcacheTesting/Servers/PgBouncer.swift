import Foundation

/// A connection pooler before a test's PostgreSQL, in transaction mode: each transaction may run in another session, and
/// nothing is reset between them. So whoever depends on a session's state finds somebody else's, or none.
public final class PgBouncer: Sendable {
    public let port: UInt16
    private let folder: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a pooler and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - sessions: connections to the server for each database and user; fewer than the clients, so that they share.
    ///   - users: further roles that may come in, without a password.
    public init(before server: PostgresServer, sessions: Int = 2, users: [String] = []) async throws {
        let programs = try PostgresPrograms()
        folder = try TemporaryDirectory()
        port = try FreePort.next()
        let accounts = ([PostgresServer.user] + users).map { "\"\($0)\" \"\"\n" }.joined()
        let files = [
            folder.path, try folder.write(accounts, to: "users.txt"),
            try folder.write(
                """
                [databases]
                * = host=127.0.0.1 port=\(server.port)
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(port)
                unix_socket_dir =
                auth_type = trust
                auth_file = \(folder.file("users.txt"))
                pool_mode = transaction
                server_reset_query =
                default_pool_size = \(sessions)
                """, to: "pgbouncer.ini"),
        ]
        for file in files { try programs.give(file) }
        let path = try Executable.find("pgbouncer", package: "pgbouncer")
        process = try ChildProcess(
            .init(path, [folder.file("pgbouncer.ini")], directory: folder.path, user: programs.user))
        try await process.waitForOutput(containing: "process up")
    }

    /// The address of a database behind the pooler.
    public func url(user: String = PostgresServer.user, database: String = PostgresServer.database) -> String {
        "postgres://\(user)@127.0.0.1:\(port)/\(database)"
    }

    /// Asks it to end, and waits until it has.
    public func stop() async throws {
        process.send(.quit)
        try await process.wait()
    }
}
