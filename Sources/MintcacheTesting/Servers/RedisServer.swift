import Foundation
import Synchronization

/// A Redis of a test's own: empty, on a loopback port of its own, without persistence.
public final class RedisServer: Sendable {
    public struct Options: Sendable {
        /// What the default user must give.
        public var password: String?
        /// Further accounts as lines of Redis's ACL language, such as `reader on >secret ~* +@read`.
        public var users: [String] = []
        /// TLS only, with a certificate made for the test.
        public var usesTLS = false
        /// Lines for the configuration file.
        public var configuration: [String] = []
        /// A sentinel, which holds no data, in place of a server.
        var isSentinel = false

        public init() {}
    }

    public let port: UInt16
    /// Present when the server speaks TLS.
    public let certificate: ServerCertificate?
    private let options: Options
    private let folder: TemporaryDirectory
    private let process: Mutex<ChildProcess?>

    private init(_ options: Options, _ folder: TemporaryDirectory, _ certificate: ServerCertificate?) throws {
        self.options = options
        self.folder = folder
        self.certificate = certificate
        port = try FreePort.next()
        process = Mutex(nil)
    }

    /// Starts a server and waits until it takes connections.
    ///
    /// - Parameter certificate: another server's, for servers that trust each other; else it makes its own.
    public static func start(
        _ options: Options = Options(), certificate shared: ServerCertificate? = nil
    ) async throws -> RedisServer {
        let folder = try TemporaryDirectory()
        var certificate = shared
        if options.usesTLS, certificate == nil { certificate = try await ServerCertificate(in: folder) }
        let server = try RedisServer(options, folder, certificate)
        try server.writeConfiguration()
        try await server.start()
        return server
    }

    /// Where it is, with the default user's password when there is one.
    public var url: String {
        let scheme = certificate == nil ? "redis" : "rediss"
        let credentials = options.password.map { ":\($0)@" } ?? ""
        return "\(scheme)://\(credentials)127.0.0.1:\(port)"
    }

    /// Starts it again on the same port, empty. Does nothing when it runs.
    public func start() async throws {
        if process.withLock({ $0?.isRunning ?? false }) { return }
        let path = try Executable.find("redis-server", package: "redis-server")
        let arguments = [folder.file("redis.conf")] + (options.isSentinel ? ["--sentinel"] : [])
        let child = try ChildProcess(.init(path, arguments, directory: folder.path))
        process.withLock { $0 = child }
        let sign = options.isSentinel ? "+monitor" : "Ready to accept connections"
        try await child.waitForOutput(containing: sign)
    }

    /// Asks it to end, and waits until it has.
    public func stop() async throws { try await end(.terminate) }

    /// Ends it without warning.
    public func kill() async throws { try await end(.kill) }

    /// Ends it without warning and starts it again, empty, on the same port.
    public func restart() async throws {
        try await kill()
        try await start()
    }

    /// Stops it in its tracks: connections stay open, nothing is answered.
    public func freeze() { process.withLock { $0 }?.send(.stop) }

    /// Lets it go on after ``freeze()``.
    public func thaw() { process.withLock { $0 }?.send(.resume) }

    /// What it wrote to its log since it was last started.
    public var log: String { process.withLock { $0 }?.standardOutput ?? "" }

    /// Runs one command as the default user and answers what `redis-cli` prints for it, one element a line.
    @discardableResult
    public func command(_ arguments: String...) async throws -> String {
        try await command(as: options.password, arguments)
    }

    /// The same with a password.
    func command(as password: String?, _ arguments: [String]) async throws -> String {
        let output = try await run(["-h", "127.0.0.1", "-p", "\(port)"] + arguments, password: password)
        return output.trimmingCharacters(in: .newlines)
    }

    /// Runs `redis-cli` with arguments of its own rather than a command for the server.
    func administer(_ arguments: [String]) async throws {
        _ = try await run(arguments, password: options.password)
    }

    private func run(_ arguments: [String], password: String?) async throws -> String {
        let path = try Executable.find("redis-cli", package: "redis-tools")
        let encryption = certificate.map { ["--tls", "--cacert", $0.certificatePath] } ?? []
        let environment = password.map { ["REDISCLI_AUTH": $0] } ?? [:]
        let command = ChildProcess.Command(path, encryption + arguments, environment: environment)
        return try await ChildProcess.run(command, within: .seconds(30))
    }

    private func end(_ signal: ChildProcess.Signal) async throws {
        let child = process.withLock { process in
            defer { process = nil }
            return process
        }
        child?.send(.resume)
        child?.send(signal)
        try await child?.wait()
    }

    private func writeConfiguration() throws {
        var lines = ["bind 127.0.0.1", "dir \(folder.path)", "daemonize no", "loglevel notice"]
        if !options.isSentinel { lines += ["save \"\"", "appendonly no", "enable-debug-command yes"] }
        if let certificate {
            lines += [
                "port 0", "tls-port \(port)", "tls-cert-file \(certificate.certificatePath)",
                "tls-key-file \(certificate.keyPath)", "tls-ca-cert-file \(certificate.certificatePath)",
                "tls-auth-clients no", "tls-replication yes",
            ]
        } else {
            lines.append("port \(port)")
        }
        if let password = options.password { lines += ["requirepass \(password)", "masterauth \(password)"] }
        lines += options.users.map { "user \($0)" } + options.configuration
        try folder.write(lines.joined(separator: "\n") + "\n", to: "redis.conf")
    }
}
