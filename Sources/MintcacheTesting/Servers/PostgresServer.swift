import Foundation
import Synchronization

/// A PostgreSQL of a test's own: a fresh cluster in a temporary folder, on a loopback port and a Unix socket of its
/// own, without a password, without flushing to disk.
public final class PostgresServer: Sendable {
    public static let user = "mintcache"
    public static let database = "postgres"

    public let port: UInt16
    /// The folder of the Unix socket.
    public var socketDirectory: String { folder.path }
    private let folder: TemporaryDirectory
    private let programs: PostgresPrograms
    private let configuration: [String]
    private let process: Mutex<ChildProcess?>

    private init(_ configuration: [String]) throws {
        self.configuration = configuration
        programs = try PostgresPrograms()
        folder = try TemporaryDirectory()
        port = try FreePort.next()
        process = Mutex(nil)
    }

    deinit {
        guard let child = process.withLock({ $0 }) else { return }
        let workers = Self.children(of: child.identifier)
        // An orderly immediate stop removes the shared memory segment, which a kill leaves behind.
        for worker in workers { Glibc.kill(worker, SIGCONT) }
        child.send(.resume)
        child.send(.quit)
        let deadline = ContinuousClock.now + .seconds(5)
        while child.isRunning, ContinuousClock.now < deadline { usleep(1000) }
    }

    /// Makes a cluster, starts its server and waits until it answers.
    ///
    /// - Parameter configuration: settings in the form `name=value`, on top of those for a quick test.
    public static func start(configuration: [String] = []) async throws -> PostgresServer {
        let server = try PostgresServer(configuration)
        try await server.programs.copyCluster(to: server.folder)
        try await server.start()
        return server
    }

    /// The address over TCP.
    public var url: String { "postgres://\(Self.user)@127.0.0.1:\(port)/\(Self.database)" }

    /// Starts it again on the same port with the data it had. Does nothing when it runs.
    public func start() async throws {
        if process.withLock({ $0?.isRunning ?? false }) { return }
        let settings =
            [
                "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder.path)", "fsync=off",
                "full_page_writes=off", "max_connections=40", "shared_buffers=16MB",
                "dynamic_shared_memory_type=mmap", "lc_messages=C",
            ] + configuration
        let arguments = ["-D", folder.file("data")] + settings.flatMap { ["-c", $0] }
        let child = try ChildProcess(programs.command("postgres", arguments))
        process.withLock { $0 = child }
        try await child.waitForOutput(containing: "database system is ready to accept connections")
    }

    /// Ends it at once as `pg_ctl stop -m immediate` does: connections drop, the next start recovers from the log.
    public func stop() async throws {
        thaw()
        let child = take()
        child?.send(.quit)
        try await child?.wait()
    }

    /// Ends every one of its processes without warning.
    public func kill() async throws {
        guard let child = take() else { return }
        // Held first, so that it starts no process between the look at its children and its end.
        child.send(.stop)
        let workers = Self.children(of: child.identifier)
        child.send(.kill)
        for worker in workers { Glibc.kill(worker, SIGKILL) }
        try await child.wait()
        // The next start refuses to work while one of them still holds the shared memory.
        try await eventually("the end of PostgreSQL's processes") { !workers.contains(where: Self.isAlive) }
    }

    /// Stops and starts it.
    public func restart() async throws {
        try await stop()
        try await start()
    }

    /// Stops every one of its processes in its tracks: connections stay open, nothing is answered.
    public func freeze() { signalAll(SIGSTOP) }

    /// Lets it go on after ``freeze()``.
    public func thaw() { signalAll(SIGCONT) }

    /// What it wrote to its log since it was last started.
    public var log: String { process.withLock { $0 }?.standardError ?? "" }

    /// Runs SQL with `psql` and answers what it prints: a row a line, columns parted by `|`.
    @discardableResult
    public func query(_ sql: String) async throws -> String {
        let target = "host=\(folder.path) port=\(port) user=\(Self.user) dbname=\(Self.database)"
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, target]
        let output = try await ChildProcess.run(programs.command("psql", arguments), within: .seconds(30))
        return output.trimmingCharacters(in: .newlines)
    }

    /// Makes a folder for a tablespace on another file system.
    public func folder(in disk: SmallDisk) throws -> String {
        let path = "\(disk.path)/tablespace"
        guard mkdir(path, 0o700) == 0 else { throw TestSupportError("cannot make \(path)") }
        for path in [disk.path, path] { try programs.give(path) }
        return path
    }

    private func take() -> ChildProcess? {
        process.withLock { process in
            defer { process = nil }
            return process
        }
    }

    private func signalAll(_ signal: Int32) {
        guard let child = process.withLock({ $0 }) else { return }
        child.send(signal == SIGSTOP ? .stop : .resume)
        for worker in Self.children(of: child.identifier) { Glibc.kill(worker, signal) }
    }

    /// Whether a process runs: one that only waits to be reaped has let go of everything.
    private static func isAlive(_ identifier: Int32) -> Bool {
        guard let text = FileManager.default.contents(atPath: "/proc/\(identifier)/stat") else { return false }
        let fields = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        return fields?.first != "Z" && fields?.first != "X"
    }

    private static func children(of identifier: Int32) -> [Int32] {
        let path = "/proc/\(identifier)/task/\(identifier)/children"
        guard let text = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }
}
